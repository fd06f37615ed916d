// Stores the velocities of a frame in the row of a ring that is its turn. An invocation per atom.
//
//   velocities [atoms]       xyz in Å/fs
//   ring [WINDOW, atoms]     xyz in Å/fs

import package::analysis::frame::Frame;
import package::common::index::flat_index;
import package::common::system::System;
import constants::{WORKGROUP, WINDOW};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> frame: Frame;
@group(0) @binding(2) var<storage, read> velocities: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> ring: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  if frame.fresh == 0u { return; }
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms { return; }
  ring[((frame.samples - 1u) % WINDOW) * system.atoms + i] = vec4f(velocities[i].xyz, 0.0);
}
