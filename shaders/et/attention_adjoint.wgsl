// Adjoint of attention.wgsl: toward the atoms' features and toward where they are, in one pass. SPEC tmdnet 9.
//
//   on the edge j→i:  gA = Σ_d gX_i s;   ga = gA act'(a) [C]
//                     gr = Σ_d [ gs v_s dv_s' + gw1 v_w1 dv_w1' + gw2 v_w2 dv_w2' ] + ga Σ_d q_i k_j dk' + gC C'
//                     gu = Σ_d gY_i w2,  with gs = gX_i A, gw1 = Σ_xyz gY_i V_j, gw2 = Σ_xyz gY_i u
//   on its receiver:  gq_i = Σ ga k_j dk
//   on its sender:    gk_j = Σ ga q_i dk,   gv_s = Σ gs dv_s,   gv_w1 = Σ gw1 dv_w1,   gv_w2 = Σ gw2 dv_w2,   gV_j = Σ gY_i w1
//
// An atom meets every edge into it and its reverse, which has the same distance and filters and the other direction,
// along its own row: attention of both is computed anew there, and a layer keeps nothing of its edges.
//
//   aggregate_gradient [atoms, 4, CHANNELS]   row 0 gX, rows 1–3 gY
//   gradient [atoms, 9, CHANNELS]             rows 1–3: gV = gV' + the sum above (gV' waits in aggregate_gradient),
//                                             rows 4–8: gq | gk | gv_s | gv_w1 | gv_w2;  row 0 is left alone
//   virial [atoms, 3]                         as Pull of et/row.wgsl; added to what is there if accumulate is 1
//
// One workgroup per atom, shared as et/row.wgsl says.

import package::common::activation::{activate, activate_derivative};
import package::common::index::flat_index;
import package::common::padding::WIDTH4;
import package::common::system::System;
import package::et::filters::{KEYS, SCALARS, VECTORS, DIRECTIONS, Filter, filter_with_slope, place_of};
import package::et::row::{Pull, gather_pulls, head_sums, pull_row, pulled, slice_sum};
import package::neighbors::edge::Edge;
import package::radial::cutoff::cosine_cutoff;
import constants::{WORKGROUP, SLICES, ATTENTION_ACTIVATION, CUTOFF_LOWER, CUTOFF_UPPER};

@if(SUBGROUPS) enable subgroups;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> edges: array<Edge>;
@group(0) @binding(2) var<storage, read> row_starts: array<u32>;
@group(0) @binding(3) var<storage, read> state: array<vec4f>;
@group(0) @binding(4) var<storage, read> features: array<vec4f>;
@group(0) @binding(6) var<storage, read> aggregate_gradient: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> gradient: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> virial: array<vec4f>;
// No condition of the module, which takes longest of all to compile.
@group(0) @binding(9) var<uniform> accumulate: u32;

/// Four channels of what an atom has, and what the energy's gradient toward its sums is.
struct Atom {
  q: vec4f,
  k: vec4f,
  v_s: vec4f,
  gx: vec4f,
}

fn atom_at(i: u32, c: u32) -> Atom {
  let at = i * 5u * WIDTH4 + c;
  return Atom(features[at], features[at + WIDTH4], features[at + 2u * WIDTH4], aggregate_gradient[i * 4u * WIDTH4 + c]);
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) lane: u32,
  @builtin(num_workgroups) groups: vec3u,
) {
  let j = flat_index(group, groups, 1u);
  if j >= system.atoms { return; }
  let c = lane % WIDTH4;
  let end = row_starts[j + 1u];
  let own = atom_at(j, c);
  let own_w1 = features[(j * 5u + 3u) * WIDTH4 + c];
  let own_w2 = features[(j * 5u + 4u) * WIDTH4 + c];
  let own_vectors = (j * 4u + 1u) * WIDTH4 + c;
  let v0 = state[own_vectors];
  let v1 = state[own_vectors + WIDTH4];
  let v2 = state[own_vectors + 2u * WIDTH4];
  let own_gy0 = aggregate_gradient[own_vectors];
  let own_gy1 = aggregate_gradient[own_vectors + WIDTH4];
  let own_gy2 = aggregate_gradient[own_vectors + 2u * WIDTH4];

  var gq = vec4f(0.0);
  var gk = vec4f(0.0);
  var gs = vec4f(0.0);
  var gw1 = vec4f(0.0);
  var gw2 = vec4f(0.0);
  var gv0 = vec4f(0.0);
  var gv1 = vec4f(0.0);
  var gv2 = vec4f(0.0);
  var pull = Pull();
  var turn = 0u;
  let start = row_starts[j];
  var next = edges[min(start + lane / WIDTH4, max(end, 1u) - 1u)];
  for (var first = start; first < end; first += SLICES) {
    let e = first + lane / WIDTH4;
    let busy = e < end;
    // Asked for before it is needed: a lane has nothing else to do while it waits.
    let edge = next;
    next = edges[min(e + SLICES, end - 1u)];
    let u = edge.direction;
    let i = edge.source;
    let place = place_of(edge.distance);
    var other = Atom();
    var dk = Filter();
    var ds = Filter();
    if busy {
      other = atom_at(i, c);
      dk = filter_with_slope(place, KEYS, c);
      ds = filter_with_slope(place, SCALARS, c);
    }
    // a and gA before C and act', of the edge into j and of its reverse
    let sums = head_sums(
      vec4f(
        dot(own.q * other.k, dk.value),
        dot(other.q * own.k, dk.value),
        dot(own.gx * other.v_s, ds.value),
        dot(other.gx * own.v_s, ds.value),
      ),
      lane,
      turn,
    );
    turn++;
    if busy {
      let cutoff = cosine_cutoff(edge.distance, CUTOFF_LOWER, CUTOFF_UPPER);
      // The scalar part carries act(a) C under either convention.
      let attention = activate(ATTENTION_ACTIVATION, sums.xyxy).xy;
      let ga = sums.zw * cutoff.x * activate_derivative(ATTENTION_ACTIVATION, sums.xyxy).xy;
      gq += ga.x * other.k * dk.value;
      gk += ga.y * other.q * dk.value;
      gs += other.gx * ds.value * (attention.y * cutoff.x);
      var gr = dot(ga.x * own.q * other.k + ga.y * other.q * own.k, dk.slope);
      let scalars = attention.x * own.gx * other.v_s + attention.y * other.gx * own.v_s;
      gr += dot(scalars, ds.slope * cutoff.x + ds.value * cutoff.y);

      let vectors = (i * 4u + 1u) * WIDTH4 + c;
      let gy0 = aggregate_gradient[vectors];
      let gy1 = aggregate_gradient[vectors + WIDTH4];
      let gy2 = aggregate_gradient[vectors + 2u * WIDTH4];
      var w1 = filter_with_slope(place, VECTORS, c);
      var w2 = filter_with_slope(place, DIRECTIONS, c);
      @if(VECTOR_CUTOFF) {
        w1 = Filter(w1.value * cutoff.x, w1.slope * cutoff.x + w1.value * cutoff.y);
        w2 = Filter(w2.value * cutoff.x, w2.slope * cutoff.x + w2.value * cutoff.y);
      }
      let other_w1 = features[(i * 5u + 3u) * WIDTH4 + c];
      let other_w2 = features[(i * 5u + 4u) * WIDTH4 + c];
      let along = own_gy0 * state[vectors] + own_gy1 * state[vectors + WIDTH4] + own_gy2 * state[vectors + 2u * WIDTH4];
      let back = gy0 * v0 + gy1 * v1 + gy2 * v2;
      gr += dot(along * other_w1 + back * own_w1, w1.slope);
      gw1 += back * w1.value;
      let w1_own = own_w1 * w1.value;
      gv0 += gy0 * w1_own;
      gv1 += gy1 * w1_own;
      gv2 += gy2 * w1_own;

      let toward = own_gy0 * u.x + own_gy1 * u.y + own_gy2 * u.z;
      let away = gy0 * u.x + gy1 * u.y + gy2 * u.z;
      gr += dot(toward * other_w2 - away * own_w2, w2.slope);
      gw2 -= away * w2.value;
      let w2_in = other_w2 * w2.value;
      let w2_out = own_w2 * w2.value;
      let gu = vec3f(
        dot(own_gy0, w2_in) - dot(gy0, w2_out),
        dot(own_gy1, w2_in) - dot(gy1, w2_out),
        dot(own_gy2, w2_in) - dot(gy2, w2_out),
      );
      pull = pulled(pull, edge, gu, gr);
    }
  }
  gq = slice_sum(gq, lane);
  gk = slice_sum(gk, lane);
  gs = slice_sum(gs, lane);
  gw1 = slice_sum(gw1, lane);
  gw2 = slice_sum(gw2, lane);
  gv0 = slice_sum(gv0, lane);
  gv1 = slice_sum(gv1, lane);
  gv2 = slice_sum(gv2, lane);
  gather_pulls(pull, lane);
  for (var row = lane; row < 3u; row += WORKGROUP) {
    let at = 3u * j + row;
    var sum = pull_row(row);
    if accumulate != 0u { sum += virial[at]; }
    virial[at] = sum;
  }
  if lane < WIDTH4 {
    let out = j * 9u * WIDTH4 + c;
    gradient[out + WIDTH4] = own_gy0 + gv0;
    gradient[out + 2u * WIDTH4] = own_gy1 + gv1;
    gradient[out + 3u * WIDTH4] = own_gy2 + gv2;
    gradient[out + 4u * WIDTH4] = gq;
    gradient[out + 5u * WIDTH4] = gk;
    gradient[out + 6u * WIDTH4] = gs;
    gradient[out + 7u * WIDTH4] = gw1;
    gradient[out + 8u * WIDTH4] = gw2;
  }
}
