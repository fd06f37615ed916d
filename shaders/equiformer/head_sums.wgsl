// Scalar products of a head's channels, out of what src/models/equiformer/turn-source.ts leaves of them in w of the pulls.
// Equiformer SPEC 12: gα_eh = ⟨gA_i[h], v_e[h]⟩, or the logits ⟨q_i[h], k_e[h]⟩ of dot-product attention.
//
//   blocks               of the values: first column of the pulls, columns of a head
//   pulls [edges, PULLS]
//   sums [edges, HEADS]
//
// One invocation per edge and head.

import package::common::index::flat_index;
import package::common::system::System;
import constants::{WORKGROUP, HEADS, PULLS, BLOCKS};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> row_starts: array<u32>;
@group(0) @binding(2) var<storage, read> blocks: array<vec2u>;
@group(0) @binding(3) var<storage, read> pulls: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let lane = flat_index(id, groups, WORKGROUP);
  let e = lane / HEADS;
  if e >= row_starts[system.atoms] { return; }
  let head = lane % HEADS;
  var sum = 0.0;
  for (var b = 0u; b < BLOCKS; b++) {
    let block = blocks[b];
    let first = e * PULLS + block.x + head * block.y;
    for (var c = first; c < first + block.y; c++) { sum += pulls[c].w; }
  }
  sums[lane] = sum;
}
