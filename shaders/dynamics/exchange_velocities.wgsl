// Velocities after a replica exchange: v ← √(T new / T old) v, the factor that exchange.wgsl has left for each replica.
//
//   climbers [replicas]  factors
//   velocities [atoms]   xyz in Å/fs, w 1/m in 1/u
//
// Stands still while status.overflow or status.halted is set, as exchange.wgsl does. One invocation per atom.

import package::common::index::flat_index;
import package::common::system::System;
import package::dynamics::ladder::Climber;
import package::dynamics::replicas::replica_of;
import package::neighbors::status::Status;
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read_write> status: Status;
@group(0) @binding(2) var<storage, read> climbers: array<Climber>;
@group(0) @binding(3) var<storage, read_write> velocities: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms || status.overflow != 0u || status.halted != 0u { return; }
  let factor = climbers[replica_of(system, i)].factor;
  velocities[i] = vec4f(factor * velocities[i].xyz, velocities[i].w);
}
