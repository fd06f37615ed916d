// Adjoint of embedding.wgsl toward the distances. SPEC tmdnet 9.
//
//   gr_e += Σ_c gm_i (t'(r) C + t(r) C') Emb2[z_j],  t = W_d φ + b_d
//
//   gradient [atoms, 2, CHANNELS]     at [x | m]
//   edge_gradient [edges, PARTS]      xyz: toward the direction, w: toward the distance; w is added to
//
// One invocation per edge and part of the channels.

import package::common::index::flat_index;
import package::common::padding::WIDTH4;
import package::common::system::System;
import package::neighbors::edge::Edge;
import package::radial::cutoff::cosine_cutoff;
import package::radial::table::place_of;
import constants::{WORKGROUP, PARTS, CUTOFF_LOWER, CUTOFF_UPPER, INTERVALS, INTERVALS_PER_ANGSTROM, TERMS};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> types: array<u32>;
@group(0) @binding(2) var<storage, read> neighbor_embedding: array<vec4f>;
@group(0) @binding(3) var<storage, read> filters: array<vec4f>;
@group(0) @binding(4) var<storage, read> edges: array<Edge>;
@group(0) @binding(5) var<storage, read> row_starts: array<u32>;
@group(0) @binding(6) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> edge_gradient: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = flat_index(id, groups, WORKGROUP);
  let e = index / PARTS;
  let part = index % PARTS;
  if e >= row_starts[system.atoms] { return; }
  let r = edges[e].distance;
  if r == 0.0 { return; }
  let place = place_of(r, INTERVALS_PER_ANGSTROM, INTERVALS);
  let cutoff = cosine_cutoff(r, CUTOFF_LOWER, CUTOFF_UPPER);
  let embedding_row = types[edges[e].source] * WIDTH4;
  let gradient_row = (edges[e].receiver * 2u + 1u) * WIDTH4;

  var sum = 0.0;
  for (var c = part * (WIDTH4 / PARTS); c < (part + 1u) * (WIDTH4 / PARTS); c++) {
    let at = (place.interval * WIDTH4 + c) * TERMS;
    var t = filters[at + TERMS - 1u];
    var slope = vec4f(0.0);
    for (var k = TERMS - 1u; k > 0u; k--) {
      slope = slope * place.t + t;
      t = t * place.t + filters[at + k - 1u];
    }
    slope *= 2.0 * INTERVALS_PER_ANGSTROM;
    sum += dot(gradient[gradient_row + c] * neighbor_embedding[embedding_row + c], slope * cutoff.x + t * cutoff.y);
  }
  edge_gradient[index].w += sum;
}
