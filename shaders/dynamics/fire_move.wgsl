// What fire_decide.wgsl has decided: x ← x − back v; v ← keep v + push F; x ← x + Δt v, and the cell alike with its strain
// ε = √N ε/√N, rows ← (1 + ε) rows, x ← (1 + ε) x.
//
//   outputs [atoms]      xyz force in eV/Å
//   velocities [atoms]   xyz, w 1 for an atom that may move, 0 for one that is held fast
//   positions [atoms]    xyz in Å            cells [1]
// One invocation per atom; the first one moves the cell. Nothing moves while status.overflow or status.halted is set, or
// once the minimisation has converged.

import package::common::index::flat_index;
import package::common::system::System;
import package::dynamics::fire::{CELL_STAYS, Fire, FireSettings};
import package::neighbors::edge::Cell;
import package::neighbors::status::Status;
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<uniform> settings: FireSettings;
@group(0) @binding(2) var<storage, read> outputs: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> velocities: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> positions: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> cells: array<Cell>;
@group(0) @binding(6) var<storage, read_write> status: Status;
@group(0) @binding(7) var<storage, read> fire: Fire;

/// Rows of the symmetric strain of this step.
fn strain() -> mat3x3f {
  var e: array<f32, 6>;
  for (var k = 0u; k < 6u; k++) {
    let u = fire.cell_velocity[k];
    e[k] = (fire.timestep * (fire.keep * u + fire.push * fire.cell_force[k]) - fire.back * u)
      / sqrt(f32(system.atoms));
  }
  return mat3x3f(e[0], e[5], e[4], e[5], e[1], e[3], e[4], e[3], e[2]);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms || status.overflow != 0u || status.halted != 0u || fire.converged != 0u { return; }
  let v = velocities[i];
  let next = fire.keep * v.xyz + fire.push * v.w * outputs[i].xyz;
  var here = positions[i].xyz;
  var step = fire.timestep * next - fire.back * v.xyz;
  if settings.cell != CELL_STAYS {
    let e = strain();
    step += e * here;
    if i == 0u {
      for (var k = 0u; k < 3u; k++) { cells[0].rows[k] += vec4f(e * cells[0].rows[k].xyz, 0.0); }
      // Anew from the rows, so that rounding does not pile up in it.
      let a = cells[0].rows[0].xyz;
      let b = cells[0].rows[1].xyz;
      let c = cells[0].rows[2].xyz;
      let volume = dot(a, cross(b, c));
      cells[0].inverse[0] = vec4f(cross(b, c) / volume, 0.0);
      cells[0].inverse[1] = vec4f(cross(c, a) / volume, 0.0);
      cells[0].inverse[2] = vec4f(cross(a, b) / volume, 0.0);
      atomicStore(&status.stale, 1u);
    }
  }
  velocities[i] = vec4f(next, v.w);
  positions[i] = vec4f(here + step, positions[i].w);
}
