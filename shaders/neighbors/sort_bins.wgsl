// Atoms of each bin by their numbers, so that nothing depends on the order in which they came; and their positions side
// by side, so that the search reads memory in a row. An atom's place is how many of its bin have smaller numbers.
//
//   order [atoms]  bin by bin      sorted_atoms [atoms]   sorted_positions [atoms]  xyz in Å
//   sorted_homes [atoms]  wraps, and the bin
// One invocation per atom, in the order of the bins: those side by side read the same numbers.

import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::grid::{Grid, Home};
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> positions: array<vec4f>;
@group(0) @binding(2) var<storage, read> grid: Grid;
@group(0) @binding(3) var<storage, read> homes: array<Home>;
@group(0) @binding(4) var<storage, read> bin_starts: array<u32>;
@group(0) @binding(5) var<storage, read> order: array<u32>;
@group(0) @binding(6) var<storage, read_write> sorted_atoms: array<u32>;
@group(0) @binding(7) var<storage, read_write> sorted_positions: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> sorted_homes: array<Home>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let k = flat_index(id, groups, WORKGROUP);
  if k >= system.atoms || grid.building == 0u { return; }
  let atom = order[k];
  let home = homes[atom];
  let end = bin_starts[home.bin + 1u];
  var place = bin_starts[home.bin];
  for (var other = place; other < end; other++) { place += select(0u, 1u, order[other] < atom); }
  sorted_atoms[place] = atom;
  sorted_positions[place] = positions[atom];
  sorted_homes[place] = home;
}
