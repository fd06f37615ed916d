// The gate of nonlinear messages, on every edge. Equiformer SPEC 10.
//
//   scalars: g = silu(y)      others: g[m] = y[m] σ(y at their gates)      both with e3nn's factors
//
//   pieces                one for every block of g, by workgroup_id.z
//   ungated [edges, UNGATED4]  y
//   gated [edges, GATED4]      g
//
// One invocation per four channels of a block and edge.

import package::common::index::flat_index;
import package::common::system::System;
import package::equiformer::gate_piece::{NONE, Piece};
import package::irreps::activations::{normalized_sigmoid, normalized_silu};
import constants::{WORKGROUP, UNGATED4, GATED4};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> row_starts: array<u32>;
@group(0) @binding(2) var<storage, read> pieces: array<Piece>;
@group(0) @binding(3) var<storage, read> ungated: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> gated: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let lane = flat_index(id, groups, WORKGROUP);
  let piece = pieces[group.z];
  let e = lane / piece.width4;
  if e >= row_starts[system.atoms] { return; }
  let c = lane % piece.width4;
  let row = e * UNGATED4;
  let y = row + piece.ungated + c;
  let g = e * GATED4 + piece.gated + c;
  if piece.gates == NONE {
    gated[g] = normalized_silu(ungated[y]);
    return;
  }
  let open = normalized_sigmoid(ungated[row + piece.gates + c]);
  for (var m = 0u; m < piece.parts; m++) { gated[g + m * piece.width4] = ungated[y + m * piece.step4] * open; }
}
