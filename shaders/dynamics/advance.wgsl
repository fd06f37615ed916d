// First part of a step: velocities take the factor of a global thermostat, then half a kick, drift, and between the
// halves of the drift the Langevin thermostat (BAOAB, Leimkuhler & Matthews, doi:10.1093/amrx/abs010) and the strain of
// the barostat. With keep = 1, stir = 0, scale = 1 and no strain it is velocity Verlet.
//
//   v ← scale v;  v += ½ Δt F/m;  x += ½ Δt v;  v ← keep v + stir √(kT/m) ξ;
//   x ← e^ε x,  v ← e^−ε v;  x += ½ Δt v
//
//   outputs [atoms]     xyz force in eV/Å
//   velocities [atoms]  xyz in Å/fs, w 1/m in 1/u; 0 for an atom that is held fast
//   positions [atoms]   xyz in Å
//   remainder [atoms]   xyz: what positions lost to rounding so far (Kahan): a step of 1e-3 Å added to 5 Å would
//                       otherwise lose its last four digits, and energy with them
//                       w: eV, heat that the Langevin thermostat has given this atom
//   controls [replicas] factor, strain and temperature of each
//   cells [replicas]    strained with the positions, by the invocation of the replica's first atom
//
// Nothing moves while status.overflow or status.halted is set. A force that is no number, and a move that is too long,
// set status.fault. One invocation per atom.

import package::common::finite::is_finite;
import package::common::index::flat_index;
import package::common::random::normal_vector;
import package::common::system::System;
import package::dynamics::control::Control;
import package::dynamics::replicas::{atoms_per_replica, replica_of};
import package::dynamics::run::{ACCELERATION, Run, thermal_of};
import package::neighbors::edge::Cell;
import package::neighbors::status::Status;
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<uniform> run: Run;
@group(0) @binding(2) var<storage, read> outputs: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> positions: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> velocities: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> remainder: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> status: Status;
@group(0) @binding(7) var<storage, read> controls: array<Control>;
@group(0) @binding(8) var<storage, read_write> cells: array<Cell>;

/// e^ε − 1 for the small strains of one step, without cancellation: error below ε⁵/120.
fn expansion(strain: vec3f) -> vec3f {
  return strain * (1.0 + strain * (0.5 + strain * (0.16666667 + strain * 0.041666667)));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms || status.overflow != 0u || status.halted != 0u { return; }
  let replica = replica_of(system, i);
  let strain = controls[replica].strain;
  let half = 0.5 * run.timestep;
  let inverse_mass = velocities[i].w;
  let pushed = controls[replica].scale * velocities[i].xyz + half * ACCELERATION * inverse_mass * outputs[i].xyz;
  let thermal = thermal_of(controls[replica].thermal, run, status.step);
  let kick = run.stir * sqrt(thermal * ACCELERATION * inverse_mass);
  var stirred = run.keep * pushed;
  if kick > 0.0 { stirred += kick * normal_vector(run.seed, status.step, i); }
  let growth = expansion(strain);
  let after = stirred / (1.0 + growth);
  let moved = half * (pushed * (1.0 + growth) + after);
  if !is_finite(vec4f(moved, 0.0)) || dot(moved, moved) > run.furthest * run.furthest {
    atomicMax(&status.fault, 0xffffffffu - i);
    return;
  }
  let step = moved + growth * positions[i].xyz + remainder[i].xyz;
  let position = positions[i].xyz + step;
  var heat = 0.0;
  if inverse_mass > 0.0 {
    heat = 0.5 * dot(stirred - pushed, stirred + pushed) / (ACCELERATION * inverse_mass);
  }
  remainder[i] = vec4f(step - (position - positions[i].xyz), remainder[i].w + heat);
  positions[i] = vec4f(position, positions[i].w);
  velocities[i] = vec4f(after, inverse_mass);

  if i == replica * atoms_per_replica(system) && any(strain != vec3f(0.0)) {
    for (var k = 0u; k < 3u; k++) {
      // An axis that does not repeat has a zero row.
      cells[replica].rows[k] += vec4f(growth * cells[replica].rows[k].xyz, 0.0);
      cells[replica].inverse[k] = vec4f(cells[replica].inverse[k].xyz / (1.0 + growth), 0.0);
    }
    atomicStore(&status.stale, 1u);
  }
}
