// Adjoint of scores.wgsl and messages.wgsl toward the atoms' features. SPEC tmdnet 9.
//
//   toward the receiver:  gq_i = Σ_e ga k_j dk
//   toward the sender j:  gk_j = Σ ga q_i dk,   gv_s = Σ gX_i A dv_s,   gv_w1 = Σ (Σ_xyz gY_i V_j) dv_w1,
//                         gv_w2 = Σ (Σ_xyz gY_i u) dv_w2,               gV_j = Σ gY_i w1
//
// An atom gathers both kinds along its own row: the edge that leaves it toward i is the reverse of the one that
// comes from i; distance and filters are the same, the direction has the other sign.
//
//   scores [edges, HEADS]          (act(a), ga) from edge_adjoint.wgsl
//   gradient [atoms, 9, CHANNELS]  rows 1–3: gV = gV' + the sum above (gV' waits in aggregate_gradient),
//                                  rows 4–8: gq | gk | gv_s | gv_w1 | gv_w2;  row 0 is left alone
//
// One invocation per atom and four channels.

import package::common::index::flat_index;
import package::common::padding::{HEAD_WIDTH4, WIDTH4};
import package::common::system::System;
import package::et::filters::{KEYS, SCALARS, VECTORS, DIRECTIONS, filter_value};
import package::neighbors::edge::Edge;
import package::radial::cutoff::cosine_cutoff;
import package::radial::table::place_of;
import constants::{WORKGROUP, HEADS, CUTOFF_LOWER, CUTOFF_UPPER, INTERVALS, INTERVALS_PER_ANGSTROM};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> edges: array<Edge>;
@group(0) @binding(2) var<storage, read> row_starts: array<u32>;
@group(0) @binding(3) var<storage, read> state: array<vec4f>;
@group(0) @binding(4) var<storage, read> features: array<vec4f>;
@group(0) @binding(6) var<storage, read> aggregate_gradient: array<vec4f>;
@group(0) @binding(7) var<storage, read> scores: array<vec2f>;
@group(0) @binding(8) var<storage, read_write> gradient: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = flat_index(id, groups, WORKGROUP);
  let j = index / WIDTH4;
  let c = index % WIDTH4;
  if j >= system.atoms { return; }
  let head = c / HEAD_WIDTH4;
  let own = j * 5u * WIDTH4 + c;
  let own_vectors = (j * 4u + 1u) * WIDTH4 + c;
  let v_w1 = features[own + 3u * WIDTH4];
  let v0 = state[own_vectors];
  let v1 = state[own_vectors + WIDTH4];
  let v2 = state[own_vectors + 2u * WIDTH4];

  var gq = vec4f(0.0);
  var gk = vec4f(0.0);
  var gs = vec4f(0.0);
  var gw1 = vec4f(0.0);
  var gw2 = vec4f(0.0);
  let straight = j * 4u * WIDTH4 + c;
  var gv0 = aggregate_gradient[straight + WIDTH4];
  var gv1 = aggregate_gradient[straight + 2u * WIDTH4];
  var gv2 = aggregate_gradient[straight + 3u * WIDTH4];
  for (var e = row_starts[j]; e < row_starts[j + 1u]; e++) {
    let edge = edges[e];
    let i = edge.source;
    let place = place_of(edge.distance, INTERVALS_PER_ANGSTROM, INTERVALS);
    let cutoff = cosine_cutoff(edge.distance, CUTOFF_LOWER, CUTOFF_UPPER).x;
    let incoming = scores[e * HEADS + head];
    let outgoing = scores[edge.reverse * HEADS + head];

    let other = i * 5u * WIDTH4 + c;
    let dk = filter_value(place, KEYS, c);
    gq += incoming.y * features[other + WIDTH4] * dk;
    gk += outgoing.y * features[other] * dk;

    let pull = i * 4u * WIDTH4 + c;
    gs += aggregate_gradient[pull] * filter_value(place, SCALARS, c) * (outgoing.x * cutoff);
    let gy0 = aggregate_gradient[pull + WIDTH4];
    let gy1 = aggregate_gradient[pull + 2u * WIDTH4];
    let gy2 = aggregate_gradient[pull + 3u * WIDTH4];
    var dw1 = filter_value(place, VECTORS, c);
    var dw2 = filter_value(place, DIRECTIONS, c);
    @if(VECTOR_CUTOFF) { dw1 *= cutoff; dw2 *= cutoff; }
    gw1 += (gy0 * v0 + gy1 * v1 + gy2 * v2) * dw1;
    gw2 -= (gy0 * edge.direction.x + gy1 * edge.direction.y + gy2 * edge.direction.z) * dw2;
    let w1 = v_w1 * dw1;
    gv0 += gy0 * w1;
    gv1 += gy1 * w1;
    gv2 += gy2 * w1;
  }
  let out = j * 9u * WIDTH4 + c;
  gradient[out + WIDTH4] = gv0;
  gradient[out + 2u * WIDTH4] = gv1;
  gradient[out + 3u * WIDTH4] = gv2;
  gradient[out + 4u * WIDTH4] = gq;
  gradient[out + 5u * WIDTH4] = gk;
  gradient[out + 6u * WIDTH4] = gs;
  gradient[out + 7u * WIDTH4] = gw1;
  gradient[out + 8u * WIDTH4] = gw2;
}
