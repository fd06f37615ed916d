// The edge that goes the other way: for e = (j → i, image n), the entry (i → j, image −n) in row j.
// Rows are sorted by source: binary search, then along the few images of one source.

import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::edge::{Edge, opposite_image};
import constants::{WORKGROUP};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> row_starts: array<u32>;
@group(0) @binding(2) var<storage, read_write> edges: array<Edge>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let e = flat_index(id, groups, WORKGROUP);
  if e >= row_starts[system.atoms] { return; }
  let i = edges[e].receiver;
  let j = edges[e].source;
  let image = opposite_image(edges[e].image);
  var low = row_starts[j];
  let end = row_starts[j + 1u];
  var high = end;
  while low < high {
    let middle = (low + high) / 2u;
    if edges[middle].source < i { low = middle + 1u; } else { high = middle; }
  }
  while low < end && edges[low].image != image { low += 1u; }
  edges[e].reverse = low;
}
