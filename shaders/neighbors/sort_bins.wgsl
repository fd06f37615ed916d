// Atoms of each bin by their numbers, so that nothing depends on the order in which they came; and their positions side
// by side, so that the search reads memory in a row.
//
//   order [atoms]   sorted_positions [atoms]  xyz in Å   sorted_homes [atoms]  wraps, and the bin
// One invocation per bin; there are no more bins than atoms.

import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::grid::{Grid, Home};
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> positions: array<vec4f>;
@group(0) @binding(2) var<storage, read> grid: Grid;
@group(0) @binding(3) var<storage, read> homes: array<Home>;
@group(0) @binding(4) var<storage, read> bin_starts: array<u32>;
@group(0) @binding(5) var<storage, read_write> order: array<u32>;
@group(0) @binding(6) var<storage, read_write> sorted_positions: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> sorted_homes: array<Home>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let bin = flat_index(id, groups, WORKGROUP);
  if bin >= system.atoms || grid.building == 0u { return; }
  let first = bin_starts[bin];
  let end = bin_starts[bin + 1u];
  for (var k = first + 1u; k < end; k++) {
    let atom = order[k];
    var at = k;
    while at > first && order[at - 1u] > atom {
      order[at] = order[at - 1u];
      at--;
    }
    order[at] = atom;
  }
  for (var k = first; k < end; k++) {
    sorted_positions[k] = positions[order[k]];
    sorted_homes[k] = homes[order[k]];
  }
}
