// The weights of a tensor product's paths on every edge: w(d). Equiformer SPEC 7.
//
//   radial         table of the functions
//   results [edges, 4 WEIGHTS4]
//
// One invocation per four weights of an edge.

import package::common::index::flat_index;
import package::common::system::System;
import package::equiformer::radial::{place_of, weights_at};
import package::neighbors::edge::Edge;
import constants::{WORKGROUP, WEIGHTS4};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> row_starts: array<u32>;
@group(0) @binding(3) var<storage, read> edges: array<Edge>;
@group(0) @binding(4) var<storage, read_write> results: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let lane = flat_index(id, groups, WORKGROUP);
  let e = lane / WEIGHTS4;
  if e >= row_starts[system.atoms] { return; }
  results[lane] = weights_at(place_of(edges[e].distance), WEIGHTS4, lane % WEIGHTS4).value;
}
