// Adjoint of gate.wgsl. Equiformer SPEC 10.
//
//   scalars: gy = gg silu'(y)      others: gy[m] = gg[m] σ(gate),   g_gate = σ'(gate) Σ_m gg[m] y[m]
//
//   pieces                              one for every block of g, by workgroup_id.z
//   ungated [edges, UNGATED4]           y
//   gated_gradient [edges, GATED4]      gg
//   ungated_gradient [edges, UNGATED4]  gy and g_gate; what is no piece's is left alone
//
// One invocation per four channels of a block and edge.

import package::common::index::flat_index;
import package::common::system::System;
import package::equiformer::gate_piece::{NONE, Piece};
import package::irreps::activations::{
  normalized_sigmoid, normalized_sigmoid_derivative, normalized_silu_derivative,
};
import constants::{WORKGROUP, UNGATED4, GATED4};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> row_starts: array<u32>;
@group(0) @binding(2) var<storage, read> pieces: array<Piece>;
@group(0) @binding(3) var<storage, read> ungated: array<vec4f>;
@group(0) @binding(4) var<storage, read> gated_gradient: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> ungated_gradient: array<vec4f>;

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
    ungated_gradient[y] = gated_gradient[g] * normalized_silu_derivative(ungated[y]);
    return;
  }
  let gate = ungated[row + piece.gates + c];
  let open = normalized_sigmoid(gate);
  var along = vec4f(0.0);
  for (var m = 0u; m < piece.parts; m++) {
    let gradient = gated_gradient[g + m * piece.width4];
    along += gradient * ungated[y + m * piece.step4];
    ungated_gradient[y + m * piece.step4] = gradient * open;
  }
  ungated_gradient[row + piece.gates + c] = along * normalized_sigmoid_derivative(gate);
}
