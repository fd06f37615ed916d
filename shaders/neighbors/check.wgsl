// Do the candidates still hold every pair that can be within the cutoff? They do until an atom has moved by half the
// skin since they were found: |x − x₀| ≤ limit, a little below half the skin, which leaves room for rounding.
//
//   positions, references [atoms]  xyz in Å     bin_counts [atoms]  emptied for the kernels that follow
// One invocation per atom.

import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::status::Status;
import constants::{WORKGROUP, LIMIT};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> positions: array<vec4f>;
@group(0) @binding(2) var<storage, read> references: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> bin_counts: array<u32>;
@group(0) @binding(4) var<storage, read_write> status: Status;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms { return; }
  bin_counts[i] = 0u;
  let moved = positions[i].xyz - references[i].xyz;
  if dot(moved, moved) > LIMIT * LIMIT { atomicStore(&status.stale, 1u); }
}
