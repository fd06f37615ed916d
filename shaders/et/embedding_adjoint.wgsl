// Adjoint of embedding.wgsl toward the distances, and the forces on atoms. SPEC tmdnet 9.
//
//   on the edge j→i:  gr = Σ_c gm_i (t'(r) C + t(r) C') Emb2[z_j],  t = W_d φ + b_d
//
//   gradient [atoms, 2, CHANNELS]     at [x | m]
//   virial [atoms, 3]                 as Pull of et/row.wgsl, added to: w then has all of the force
//   outputs [atoms]                   w: energy share, kept;  xyz: the force is added to what is there
//
// Without NEIGHBORS, there is only the force to be added. One workgroup per atom, shared as et/row.wgsl says.

import package::common::index::flat_index;
import package::common::system::System;
@if(NEIGHBORS) import package::common::padding::WIDTH4;
@if(NEIGHBORS) import package::et::row::{Pull, gather_pulls, pull_row, pulled};
@if(NEIGHBORS) import package::neighbors::edge::Edge;
@if(NEIGHBORS) import package::radial::cutoff::cosine_cutoff;
@if(NEIGHBORS) import package::radial::table::{SEGMENTS, place_in, segment_of};
import constants::WORKGROUP;
@if(NEIGHBORS) import constants::{SLICES, CUTOFF_LOWER, CUTOFF_UPPER, SEGMENTS_PER_ANGSTROM, TERMS};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read_write> outputs: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> virial: array<vec4f>;
@if(NEIGHBORS) @group(0) @binding(3) var<storage, read> types: array<u32>;
@if(NEIGHBORS) @group(0) @binding(4) var<storage, read> neighbor_embedding: array<vec4f>;
@if(NEIGHBORS) @group(0) @binding(5) var<storage, read> filters: array<vec4f>;
@if(NEIGHBORS) @group(0) @binding(6) var<storage, read> edges: array<Edge>;
@if(NEIGHBORS) @group(0) @binding(7) var<storage, read> row_starts: array<u32>;
@if(NEIGHBORS) @group(0) @binding(8) var<storage, read> gradient: array<vec4f>;

@if(NEIGHBORS)
fn pull_of_neighbors(i: u32, lane: u32) -> Pull {
  let c = lane % WIDTH4;
  let own = neighbor_embedding[types[i] * WIDTH4 + c];
  let own_gradient = gradient[(2u * i + 1u) * WIDTH4 + c];
  var pull = Pull();
  for (var e = row_starts[i] + lane / WIDTH4; e < row_starts[i + 1u]; e += SLICES) {
    let edge = edges[e];
    if edge.distance > 0.0 {
      let place = place_in(filters[segment_of(edge.distance, SEGMENTS_PER_ANGSTROM)], edge.distance);
      let cutoff = cosine_cutoff(edge.distance, CUTOFF_LOWER, CUTOFF_UPPER);
      let at = SEGMENTS + place.interval * TERMS * WIDTH4 + c;
      var t = filters[at + (TERMS - 1u) * WIDTH4];
      var slope = vec4f(0.0);
      for (var k = TERMS - 1u; k > 0u; k--) {
        slope = slope * place.t + t;
        t = t * place.t + filters[at + (k - 1u) * WIDTH4];
      }
      slope *= place.rate;
      // The edge into i and its reverse.
      let both = own_gradient * neighbor_embedding[types[edge.source] * WIDTH4 + c] +
        gradient[(2u * edge.source + 1u) * WIDTH4 + c] * own;
      pull = pulled(pull, edge, vec3f(0.0), dot(both, slope * cutoff.x + t * cutoff.y));
    }
  }
  return pull;
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) lane: u32,
  @builtin(num_workgroups) groups: vec3u,
) {
  @if(NEIGHBORS) {
    let i = flat_index(group, groups, 1u);
    if i >= system.atoms { return; }
    gather_pulls(pull_of_neighbors(i, lane), lane);
    if lane == 0u {
      var force = vec3f(0.0);
      for (var row = 0u; row < 3u; row++) {
        let sum = virial[3u * i + row] + pull_row(row);
        virial[3u * i + row] = sum;
        force[row] = sum.w;
      }
      outputs[i] += vec4f(force, 0.0);
    }
  }
  @if(!NEIGHBORS) {
    let i = flat_index(group, groups, 1u) * WORKGROUP + lane;
    if i >= system.atoms { return; }
    outputs[i] += vec4f(virial[3u * i].w, virial[3u * i + 1u].w, virial[3u * i + 2u].w, 0.0);
  }
}
