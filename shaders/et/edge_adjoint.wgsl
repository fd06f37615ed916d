// Adjoint of scores.wgsl and messages.wgsl toward what belongs to an edge: its distance, its direction and its
// attention scalar. SPEC tmdnet 9.
//
//   gA = Σ_d gX_i s;   ga = gA act'(a) [C]
//   gr = Σ_d [ gs v_s dv_s' + gw1 v_w1 dv_w1' + gw2 v_w2 dv_w2' ] + ga Σ_d q_i k_j dk' + gC C'
//   gu = Σ_d gY_i w2,  with gs = gX_i A, gw1 = Σ_xyz gY_i V_j, gw2 = Σ_xyz gY_i u
//
//   aggregate_gradient [atoms, 4, CHANNELS]   row 0 gX, rows 1–3 gY
//   scores [edges, HEADS]                     (act(a), ga)
//   edge_gradient [edges, PARTS]              xyz gu, w gr, of the part's heads; added to what is there if accumulate is 1
//
// One invocation per edge and part of the heads; a, dk, dv and everything else per channel is recomputed, never stored
// from forward to backward: a layer keeps nothing per edge.

import package::common::activation::{activate, activate_derivative};
import package::common::index::flat_index;
import package::common::padding::{HEAD_WIDTH4, WIDTH4};
import package::common::system::System;
import package::et::filters::{KEYS, SCALARS, VECTORS, DIRECTIONS, filter_with_slope};
import package::neighbors::edge::Edge;
import package::radial::cutoff::cosine_cutoff;
import package::radial::table::place_of;
import constants::{WORKGROUP, HEADS, PARTS, ATTENTION_ACTIVATION, CUTOFF_LOWER, CUTOFF_UPPER, INTERVALS, INTERVALS_PER_ANGSTROM};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> edges: array<Edge>;
@group(0) @binding(2) var<storage, read> row_starts: array<u32>;
@group(0) @binding(3) var<storage, read> state: array<vec4f>;
@group(0) @binding(4) var<storage, read> features: array<vec4f>;
@group(0) @binding(6) var<storage, read> aggregate_gradient: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> scores: array<vec2f>;
@group(0) @binding(8) var<storage, read_write> edge_gradient: array<vec4f>;
// No condition of the module, which takes longest of all to compile.
@group(0) @binding(9) var<uniform> accumulate: u32;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = flat_index(id, groups, WORKGROUP);
  let e = index / PARTS;
  if e >= row_starts[system.atoms] { return; }
  let edge = edges[e];
  let u = edge.direction;
  let place = place_of(edge.distance, INTERVALS_PER_ANGSTROM, INTERVALS);
  let cutoff = cosine_cutoff(edge.distance, CUTOFF_LOWER, CUTOFF_UPPER);
  let query = edge.receiver * 5u * WIDTH4;
  let key = edge.source * 5u * WIDTH4 + WIDTH4;
  let vectors = (edge.source * 4u + 1u) * WIDTH4;
  let gradient_row = edge.receiver * 4u * WIDTH4;

  var result = vec4f(0.0);
  let first = (index % PARTS) * (HEADS / PARTS);
  for (var head = first; head < first + HEADS / PARTS; head++) {
    var a = 0.0;
    var undamped = 0.0;  // Σ gX s before act(a) and C
    var slope = 0.0;     // Σ gX v_s dv_s' before act(a) and C
    var vector_value = 0.0;
    var vector_slope = 0.0;
    var key_slope = 0.0;
    var gu = vec3f(0.0);
    for (var d = 0u; d < HEAD_WIDTH4; d++) {
      let c = head * HEAD_WIDTH4 + d;
      let gx = aggregate_gradient[gradient_row + c];
      let gy0 = aggregate_gradient[gradient_row + WIDTH4 + c];
      let gy1 = aggregate_gradient[gradient_row + 2u * WIDTH4 + c];
      let gy2 = aggregate_gradient[gradient_row + 3u * WIDTH4 + c];

      let scalars = filter_with_slope(place, SCALARS, c);
      let gv_s = gx * features[key + WIDTH4 + c];
      undamped += dot(gv_s, scalars.value);
      slope += dot(gv_s, scalars.slope);

      let v_w1 = features[key + 2u * WIDTH4 + c];
      let w1 = filter_with_slope(place, VECTORS, c);
      let gw1 = gy0 * state[vectors + c] + gy1 * state[vectors + WIDTH4 + c] + gy2 * state[vectors + 2u * WIDTH4 + c];
      let v_w2 = features[key + 3u * WIDTH4 + c];
      let w2 = filter_with_slope(place, DIRECTIONS, c);
      let gw2 = gy0 * u.x + gy1 * u.y + gy2 * u.z;
      vector_value += dot(gw1 * v_w1, w1.value) + dot(gw2 * v_w2, w2.value);
      vector_slope += dot(gw1 * v_w1, w1.slope) + dot(gw2 * v_w2, w2.slope);

      let message = v_w2 * w2.value;
      gu += vec3f(dot(gy0, message), dot(gy1, message), dot(gy2, message));

      let keys = filter_with_slope(place, KEYS, c);
      let product = features[query + c] * features[key + c];
      a += dot(product, keys.value);
      key_slope += dot(product, keys.slope);
    }

    // The scalar part carries act(a) C under either convention.
    let attention = activate(ATTENTION_ACTIVATION, vec4f(a)).x;
    let ga = undamped * cutoff.x * activate_derivative(ATTENTION_ACTIVATION, vec4f(a)).x;
    scores[e * HEADS + head] = vec2f(attention, ga);
    var gr = attention * (slope * cutoff.x + undamped * cutoff.y) + ga * key_slope;
    @if(VECTOR_CUTOFF) {
      gr += vector_slope * cutoff.x + vector_value * cutoff.y;
      gu *= cutoff.x;
    }
    @if(!VECTOR_CUTOFF) { gr += vector_slope; }
    result += vec4f(gu, gr);
  }
  // An atom's edge to itself has a constant distance and no direction.
  if edge.distance == 0.0 { result = vec4f(0.0); }
  if accumulate != 0u { result += edge_gradient[index]; }
  edge_gradient[index] = result;
}
