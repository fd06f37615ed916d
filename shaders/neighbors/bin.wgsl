// First half of a counting sort: which bin each atom is in, and its place there (in any order: bins are sorted later).
// The positions of now become the references that check.wgsl measures from.
//
//   homes [atoms]   slots [atoms] place in the bin   bin_counts [atoms]
// One invocation per atom.

import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::edge::Cell;
import package::neighbors::grid::{Grid, Home, bin_index};
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> positions: array<vec4f>;
@group(0) @binding(2) var<storage, read> cells: array<Cell>;
@group(0) @binding(3) var<storage, read> grid: Grid;
@group(0) @binding(4) var<storage, read_write> references: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> homes: array<Home>;
@group(0) @binding(6) var<storage, read_write> slots: array<u32>;
@group(0) @binding(7) var<storage, read_write> bin_counts: array<atomic<u32>>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms || grid.building == 0u { return; }
  let x = positions[i].xyz;
  var at = vec3u(0u);
  var wraps = vec3i(0);
  for (var k = 0u; k < 3u; k++) {
    var s = dot(x, cells[0].inverse[k].xyz) - grid.low[k];
    if cells[0].rows[k].w > 0.0 {
      let whole = floor(s);
      wraps[k] = i32(whole);
      s -= whole;
    }
    at[k] = min(u32(max(s * grid.per_unit[k], 0.0)), grid.dims[k] - 1u);
  }
  let bin = bin_index(at, grid.dims);
  references[i] = positions[i];
  homes[i] = Home(wraps, bin);
  slots[i] = atomicAdd(&bin_counts[bin], 1u);
}
