// Second part of a step: the other half of the kick, with the new forces; v += ½ Δt F/m. The first invocation
// counts the step.
//
// Runs after advance.wgsl and the forces; stands still while status.overflow or status.halted is set.
// One invocation per atom.

import package::common::index::flat_index;
import package::common::system::System;
import package::dynamics::run::{ACCELERATION, Run};
import package::neighbors::status::Status;
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<uniform> run: Run;
@group(0) @binding(2) var<storage, read> outputs: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> velocities: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> status: Status;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms || status.overflow != 0u || status.halted != 0u { return; }
  let v = velocities[i];
  velocities[i] = vec4f(v.xyz + 0.5 * run.timestep * ACCELERATION * v.w * outputs[i].xyz, v.w);
  if i == 0u { status.step += 1u; }
}
