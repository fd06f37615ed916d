// One head's attention weights in one layer, for all edges, as those who watch want them; no force needs it. Equiformer
// SPEC 12.
//
//   edges   [edges]          the neighbour list's, of which row_starts has the number
//   weights [edges, HEADS]   α, kept by the last evaluation; 0 for an atom's edge to itself
//   links   [capacity]       xyz from receiver to source in Å, w the weight; zeros behind the last edge
//   ends    [capacity]       receiver, source
//
// One invocation per place in `links`.

import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::edge::Edge;
import constants::{WORKGROUP, HEADS, HEAD};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> row_starts: array<u32>;
@group(0) @binding(2) var<storage, read> edges: array<Edge>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read_write> links: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> ends: array<vec2u>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let e = flat_index(id, groups, WORKGROUP);
  if e >= arrayLength(&links) { return; }
  if e >= row_starts[system.atoms] {
    links[e] = vec4f(0.0);
    ends[e] = vec2u(0u);
    return;
  }
  let edge = edges[e];
  links[e] = vec4f(edge.distance * edge.direction, weights[e * HEADS + HEAD]);
  ends[e] = vec2u(edge.receiver, edge.source);
}
