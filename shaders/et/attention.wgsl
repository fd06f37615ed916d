// Attention over an atom's neighbours and the sum of their messages, in one pass. SPEC tmdnet 7.2.
//
//   a = Σ_d q_i k_j dk(r)                 (no 1/sqrt(D), no softmax)
//   X_i = Σ_j A s,   Y_i[xyz] = Σ_j (V_j w1 + u w2),   (s, w1, w2) = v_j ⊙ dv(r)
//   A = act(a) and v_j damped by C(r) with VECTOR_CUTOFF;  A = act(a) C(r) without.
//
//   state [atoms, 4, CHANNELS]      row 0 scalars x, rows 1–3 vectors V
//   features [atoms, 5, CHANNELS]   q | k | v_s | v_w1 | v_w2, each per head
//   filters                         et/filters.wgsl
//   aggregate [atoms, 4, CHANNELS]  row 0 X, rows 1–3 Y
//
// One workgroup per atom, shared as et/row.wgsl says.

import package::common::activation::activate;
import package::common::index::flat_index;
import package::common::padding::WIDTH4;
import package::common::system::System;
import package::et::filters::{KEYS, SCALARS, VECTORS, DIRECTIONS, filter_value, place_of};
import package::et::row::{head_sum, slice_sum};
import package::neighbors::edge::Edge;
import package::radial::cutoff::cosine_cutoff;
import constants::{WORKGROUP, SLICES, ATTENTION_ACTIVATION, CUTOFF_LOWER, CUTOFF_UPPER};

@if(SUBGROUPS) enable subgroups;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> edges: array<Edge>;
@group(0) @binding(2) var<storage, read> row_starts: array<u32>;
@group(0) @binding(3) var<storage, read> state: array<vec4f>;
@group(0) @binding(4) var<storage, read> features: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> aggregate: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) lane: u32,
  @builtin(num_workgroups) groups: vec3u,
) {
  let i = flat_index(group, groups, 1u);
  if i >= system.atoms { return; }
  let c = lane % WIDTH4;
  let end = row_starts[i + 1u];
  let query = features[i * 5u * WIDTH4 + c];

  var x = vec4f(0.0);
  var y0 = vec4f(0.0);
  var y1 = vec4f(0.0);
  var y2 = vec4f(0.0);
  var turn = 0u;
  let start = row_starts[i];
  var next = edges[min(start + lane / WIDTH4, max(end, 1u) - 1u)];
  for (var first = start; first < end; first += SLICES) {
    let e = first + lane / WIDTH4;
    let busy = e < end;
    // Asked for before it is needed: a lane has nothing else to do while it waits.
    let edge = next;
    next = edges[min(e + SLICES, end - 1u)];
    let place = place_of(edge.distance);
    let values = (edge.source * 5u + 1u) * WIDTH4 + c;
    var product = 0.0;
    var s = vec4f(0.0);
    var w1 = vec4f(0.0);
    var w2 = vec4f(0.0);
    if busy {
      product = dot(query * features[values], filter_value(place, KEYS, c));
      s = features[values + WIDTH4] * filter_value(place, SCALARS, c);
      w1 = features[values + 2u * WIDTH4] * filter_value(place, VECTORS, c);
      w2 = features[values + 3u * WIDTH4] * filter_value(place, DIRECTIONS, c);
    }
    let score = activate(ATTENTION_ACTIVATION, vec4f(head_sum(product, lane, turn))).x;
    turn++;
    if busy {
      let cutoff = cosine_cutoff(edge.distance, CUTOFF_LOWER, CUTOFF_UPPER).x;
      @if(VECTOR_CUTOFF) { w1 *= cutoff; w2 *= cutoff; }
      // Both conventions damp the scalar part once: on A without VECTOR_CUTOFF, on v with it.
      x += score * cutoff * s;
      let vectors = (edge.source * 4u + 1u) * WIDTH4 + c;
      y0 += state[vectors] * w1 + edge.direction.x * w2;
      y1 += state[vectors + WIDTH4] * w1 + edge.direction.y * w2;
      y2 += state[vectors + 2u * WIDTH4] * w1 + edge.direction.z * w2;
    }
  }
  x = slice_sum(x, lane);
  y0 = slice_sum(y0, lane);
  y1 = slice_sum(y1, lane);
  y2 = slice_sum(y2, lane);
  if lane >= WIDTH4 { return; }
  let out = i * 4u * WIDTH4 + c;
  aggregate[out] = x;
  aggregate[out + WIDTH4] = y0;
  aggregate[out + 2u * WIDTH4] = y1;
  aggregate[out + 3u * WIDTH4] = y2;
}
