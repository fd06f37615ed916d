// One head's attention weights in one layer, for all edges: what attention.wgsl multiplies messages to scalars by. For
// those who watch; no force needs it. SPEC tmdnet 7.2.
//
//   A = act(Σ_d q_i k_j dk(r)) C(r)      d over the channels of HEAD; with VECTOR_CUTOFF the factor C comes with v
//
//   edges    [edges]               the neighbour list's, of which row_starts has the number
//   features [atoms, 5, CHANNELS]  q | k | …, kept by the last evaluation
//   filters                        et/filters.wgsl
//   links    [capacity]            xyz from receiver to source in Å, w the weight; zeros behind the last edge
//   ends     [capacity]            receiver, source
//
// One invocation per place in `links`.

import package::common::activation::activate;
import package::common::index::flat_index;
import package::common::padding::{HEAD_WIDTH4, WIDTH4};
import package::common::system::System;
import package::et::filters::{KEYS, filter_value, place_of};
import package::neighbors::edge::Edge;
import package::radial::cutoff::cosine_cutoff;
import constants::{WORKGROUP, HEAD, ATTENTION_ACTIVATION, CUTOFF_LOWER, CUTOFF_UPPER};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> edges: array<Edge>;
@group(0) @binding(2) var<storage, read> row_starts: array<u32>;
@group(0) @binding(3) var<storage, read> features: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> links: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> ends: array<vec2u>;

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
  let place = place_of(edge.distance);
  let first = HEAD * HEAD_WIDTH4;
  let queries = edge.receiver * 5u * WIDTH4;
  let keys = (edge.source * 5u + 1u) * WIDTH4;
  var score = 0.0;
  for (var c = first; c < first + HEAD_WIDTH4; c++) {
    score += dot(features[queries + c] * features[keys + c], filter_value(place, KEYS, c));
  }
  let weight = activate(ATTENTION_ACTIVATION, vec4f(score)).x
    * cosine_cutoff(edge.distance, CUTOFF_LOWER, CUTOFF_UPPER).x;
  links[e] = vec4f(edge.distance * edge.direction, weight);
  ends[e] = vec2u(edge.receiver, edge.source);
}
