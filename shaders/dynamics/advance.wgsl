// First part of a step: half a kick, drift, and between the halves of the drift the thermostat (BAOAB,
// Leimkuhler & Matthews, doi:10.1093/amrx/abs010). With keep = 1 and kick = 0 it is velocity Verlet.
//
//   v += ½ Δt F/m;   x += ½ Δt v;   v = keep v + kick √(1/m) ξ;   x += ½ Δt v
//
//   outputs [atoms]     xyz force in eV/Å
//   velocities [atoms]  xyz in Å/fs, w 1/m in 1/u
//   positions [atoms]   xyz in Å
//   remainder [atoms]   what positions lost to rounding so far (Kahan): a step of 1e-3 Å added to 5 Å would
//                       otherwise lose its last four digits, and energy with them
//
// Nothing moves while status.overflow or status.fault is set. A force that is no number sets status.fault.
// One invocation per atom.

import package::common::index::flat_index;
import package::common::random::normal_vector;
import package::common::system::System;
import package::dynamics::run::{ACCELERATION, Run};
import package::neighbors::status::Status;
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<uniform> run: Run;
@group(0) @binding(2) var<storage, read> outputs: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> positions: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> velocities: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> remainder: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> status: Status;

/// By the exponent bits: a compiler may assume that x != x is false.
fn is_finite(v: vec3f) -> bool {
  return all((bitcast<vec3u>(v) & vec3u(0x7f800000u)) != vec3u(0x7f800000u));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms || status.overflow != 0u || status.halted != 0u { return; }
  let half = 0.5 * run.timestep;
  let inverse_mass = velocities[i].w;
  let before = velocities[i].xyz + half * ACCELERATION * inverse_mass * outputs[i].xyz;
  let after = run.keep * before + run.kick * sqrt(inverse_mass) * normal_vector(run.seed, status.step, i);
  let shift = half * (before + after);
  if !is_finite(shift) || dot(shift, shift) > run.furthest * run.furthest {
    atomicMax(&status.fault, 0xffffffffu - i);
    return;
  }
  let step = shift + remainder[i].xyz;
  let moved = positions[i].xyz + step;
  remainder[i] = vec4f(step - (moved - positions[i].xyz), 0.0);
  positions[i] = vec4f(moved, positions[i].w);
  velocities[i] = vec4f(after, inverse_mass);
}
