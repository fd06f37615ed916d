// Second half of the counting sort: atoms bin by bin.
//
//   order [atoms]  atom at each place
// One invocation per atom.

import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::grid::{Grid, Home};
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> grid: Grid;
@group(0) @binding(2) var<storage, read> homes: array<Home>;
@group(0) @binding(3) var<storage, read> slots: array<u32>;
@group(0) @binding(4) var<storage, read> bin_starts: array<u32>;
@group(0) @binding(5) var<storage, read_write> order: array<u32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms || grid.building == 0u { return; }
  order[bin_starts[homes[i].bin] + slots[i]] = i;
}
