// Nothing pulls on any edge yet.
//
//   pulls [edges, PULLS]
//
// One invocation per vec4.

import package::common::index::flat_index;
import package::common::system::System;
import constants::{WORKGROUP, PULLS};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> row_starts: array<u32>;
@group(0) @binding(2) var<storage, read_write> pulls: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let lane = flat_index(id, groups, WORKGROUP);
  if lane < row_starts[system.atoms] * PULLS { pulls[lane] = vec4f(0.0); }
}
