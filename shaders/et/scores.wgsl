// Attention scalars of every edge and head. SPEC tmdnet 7.2.
//
//   a = Σ_d q_i k_j dk(r)   (no 1/sqrt(D), no softmax)
//
//   features [atoms, 5, CHANNELS]   q | k | v_s | v_w1 | v_w2, each per head
//   filters                         et/filters.wgsl
//   scores [edges, HEADS]           x: act(a)
//
// One invocation per edge and head.

import package::common::activation::activate;
import package::common::index::flat_index;
import package::common::padding::{HEAD_WIDTH4, WIDTH4};
import package::common::system::System;
import package::et::filters::{KEYS, filter_value};
import package::neighbors::edge::Edge;
import package::radial::table::place_of;
import constants::{WORKGROUP, HEADS, ATTENTION_ACTIVATION, INTERVALS, INTERVALS_PER_ANGSTROM};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> edges: array<Edge>;
@group(0) @binding(2) var<storage, read> row_starts: array<u32>;
@group(0) @binding(3) var<storage, read> features: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> scores: array<vec2f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = flat_index(id, groups, WORKGROUP);
  let e = index / HEADS;
  let head = index % HEADS;
  if e >= row_starts[system.atoms] { return; }
  let place = place_of(edges[e].distance, INTERVALS_PER_ANGSTROM, INTERVALS);
  let query = edges[e].receiver * 5u * WIDTH4;
  let key = edges[e].source * 5u * WIDTH4 + WIDTH4;

  var a = 0.0;
  for (var d = 0u; d < HEAD_WIDTH4; d++) {
    let c = head * HEAD_WIDTH4 + d;
    a += dot(features[query + c] * features[key + c], filter_value(place, KEYS, c));
  }
  scores[index].x = activate(ATTENTION_ACTIVATION, vec4f(a)).x;
}
