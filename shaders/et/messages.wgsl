// Messages and their sum over neighbours, fused. SPEC tmdnet 7.2.
//
//   X_i = Σ_j A s,   Y_i[xyz] = Σ_j (V_j w1 + u w2),   (s, w1, w2) = v_j ⊙ dv(r)
//   A = act(a) and v_j damped by C(r) with VECTOR_CUTOFF;  A = act(a) C(r) without.
//
//   state [atoms, 4, CHANNELS]      row 0 scalars x, rows 1–3 vectors V
//   features, filters, scores       as in scores.wgsl
//   aggregate [atoms, 4, CHANNELS]  row 0 X, rows 1–3 Y
//
// One invocation per atom and four channels walks the atom's row of the edge list; nothing of width CHANNELS is
// kept per edge.

import package::common::index::flat_index;
import package::common::padding::{HEAD_WIDTH4, WIDTH4};
import package::common::system::System;
import package::et::filters::{SCALARS, VECTORS, DIRECTIONS, filter_value};
import package::neighbors::edge::Edge;
import package::radial::cutoff::cosine_cutoff;
import package::radial::table::place_of;
import constants::{WORKGROUP, HEADS, CUTOFF_LOWER, CUTOFF_UPPER, INTERVALS, INTERVALS_PER_ANGSTROM};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> edges: array<Edge>;
@group(0) @binding(2) var<storage, read> row_starts: array<u32>;
@group(0) @binding(3) var<storage, read> state: array<vec4f>;
@group(0) @binding(4) var<storage, read> features: array<vec4f>;
@group(0) @binding(6) var<storage, read> scores: array<vec2f>;
@group(0) @binding(7) var<storage, read_write> aggregate: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = flat_index(id, groups, WORKGROUP);
  let i = index / WIDTH4;
  let c = index % WIDTH4;
  if i >= system.atoms { return; }
  let head = c / HEAD_WIDTH4;

  var x = vec4f(0.0);
  var y0 = vec4f(0.0);
  var y1 = vec4f(0.0);
  var y2 = vec4f(0.0);
  for (var e = row_starts[i]; e < row_starts[i + 1u]; e++) {
    let edge = edges[e];
    let place = place_of(edge.distance, INTERVALS_PER_ANGSTROM, INTERVALS);
    let cutoff = cosine_cutoff(edge.distance, CUTOFF_LOWER, CUTOFF_UPPER).x;
    let values = edge.source * 5u * WIDTH4 + 2u * WIDTH4 + c;
    var s = features[values] * filter_value(place, SCALARS, c);
    var w1 = features[values + WIDTH4] * filter_value(place, VECTORS, c);
    var w2 = features[values + 2u * WIDTH4] * filter_value(place, DIRECTIONS, c);
    @if(VECTOR_CUTOFF) { w1 *= cutoff; w2 *= cutoff; }
    // Both conventions damp the scalar part once: on A without VECTOR_CUTOFF, on v with it.
    x += scores[e * HEADS + head].x * cutoff * s;
    let vectors = (edge.source * 4u + 1u) * WIDTH4 + c;
    y0 += state[vectors] * w1 + edge.direction.x * w2;
    y1 += state[vectors + WIDTH4] * w1 + edge.direction.y * w2;
    y2 += state[vectors + 2u * WIDTH4] * w1 + edge.direction.z * w2;
  }
  let out = i * 4u * WIDTH4 + c;
  aggregate[out] = x;
  aggregate[out + WIDTH4] = y0;
  aggregate[out + 2u * WIDTH4] = y1;
  aggregate[out + 3u * WIDTH4] = y2;
}
