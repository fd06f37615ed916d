// First features of an atom, and what its neighbours are. SPEC tmdnet 7.1.
//
//   x_i = Emb[z_i];   m_i = Σ_{j→i, j≠i} (W_d φ(r) + b_d) C(r) ⊙ Emb2[z_j]
//
//   embedding [types, CHANNELS]           neighbor_embedding [types, CHANNELS]
//   filters segments, then [intervals, TERMS, CHANNELS]:  table of W_d φ + b_d
//   NEIGHBORS:  features [atoms, 2, CHANNELS] = [x | m], the input of `combine`
//   otherwise:  features [atoms, 4, CHANNELS], row 0 = x
//
// One workgroup per atom, shared as et/row.wgsl says; without NEIGHBORS, one slice.

import package::common::index::flat_index;
import package::common::padding::WIDTH4;
import package::common::system::System;
@if(NEIGHBORS) import package::et::row::slice_sum;
@if(NEIGHBORS) import package::neighbors::edge::Edge;
@if(NEIGHBORS) import package::radial::cutoff::cosine_cutoff;
@if(NEIGHBORS) import package::radial::table::{SEGMENTS, place_in, segment_of};
import constants::{WORKGROUP, OUT_STRIDE4};
@if(NEIGHBORS) import constants::{SLICES, CUTOFF_LOWER, CUTOFF_UPPER, SEGMENTS_PER_ANGSTROM, TERMS};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> types: array<u32>;
@group(0) @binding(2) var<storage, read> embedding: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> features: array<vec4f>;
@if(NEIGHBORS) @group(0) @binding(4) var<storage, read> neighbor_embedding: array<vec4f>;
@if(NEIGHBORS) @group(0) @binding(5) var<storage, read> filters: array<vec4f>;
@if(NEIGHBORS) @group(0) @binding(6) var<storage, read> edges: array<Edge>;
@if(NEIGHBORS) @group(0) @binding(7) var<storage, read> row_starts: array<u32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) lane: u32,
  @builtin(num_workgroups) groups: vec3u,
) {
  let i = flat_index(group, groups, 1u);
  if i >= system.atoms { return; }
  let c = lane % WIDTH4;
  if lane < WIDTH4 { features[i * OUT_STRIDE4 + c] = embedding[types[i] * WIDTH4 + c]; }

  @if(NEIGHBORS) {
    var m = vec4f(0.0);
    for (var e = row_starts[i] + lane / WIDTH4; e < row_starts[i + 1u]; e += SLICES) {
      let r = edges[e].distance;
      if r > 0.0 {
        let place = place_in(filters[segment_of(r, SEGMENTS_PER_ANGSTROM)], r);
        let at = SEGMENTS + place.interval * TERMS * WIDTH4 + c;
        var w = filters[at + (TERMS - 1u) * WIDTH4];
        for (var k = TERMS - 1u; k > 0u; k--) { w = w * place.t + filters[at + (k - 1u) * WIDTH4]; }
        m += w * cosine_cutoff(r, CUTOFF_LOWER, CUTOFF_UPPER).x * neighbor_embedding[types[edges[e].source] * WIDTH4 + c];
      }
    }
    m = slice_sum(m, lane);
    if lane < WIDTH4 { features[i * OUT_STRIDE4 + WIDTH4 + c] = m; }
  }
}
