// Second part of a step: the other half of the kick, with the new forces; v += ½ Δt F/m. The first invocation counts
// the step; that of each replica's first atom puts to account what global thermostat and barostat did to the replica.
//
// Runs after advance.wgsl and the forces; stands still while status.overflow or status.halted is set.
// One invocation per atom.

import package::common::index::flat_index;
import package::common::system::System;
import package::dynamics::control::{Control, accumulate};
import package::dynamics::replicas::{atoms_per_replica, replica_of};
import package::dynamics::run::{ACCELERATION, Run};
import package::neighbors::status::Status;
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<uniform> run: Run;
@group(0) @binding(2) var<storage, read> outputs: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> velocities: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> status: Status;
@group(0) @binding(5) var<storage, read_write> controls: array<Control>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms || status.overflow != 0u || status.halted != 0u { return; }
  let v = velocities[i];
  velocities[i] = vec4f(v.xyz + 0.5 * run.timestep * ACCELERATION * v.w * outputs[i].xyz, v.w);
  if i == 0u { status.step += 1u; }
  let replica = replica_of(system, i);
  if i == replica * atoms_per_replica(system) {
    var control = controls[replica];
    let heat = accumulate(vec2f(control.heat, control.heat_lost), control.pending_heat);
    control.heat = heat.x;
    control.heat_lost = heat.y;
    control.pending_heat = 0.0;
    control.scale = 1.0;
    control.strain = vec3f(0.0);
    controls[replica] = control;
  }
}
