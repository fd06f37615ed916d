// Adjoint of gate.wgsl. Equiformer SPEC 10.
//
//   scalars: gy = gg silu'(y)      others: gy[m] = gg[m] σ(gate),   g_gate = σ'(gate) Σ_m gg[m] y[m]
//
//   gated_gradient [edges, GATED4]      gg
//   ungated_gradient [edges, UNGATED4]  gy and g_gate; what is no piece's is left alone
//
// One invocation per four channels of a block and edge: gate_piece.wgsl.

import package::equiformer::gate_piece::{spot_of, ungated};
import package::irreps::activations::{
  normalized_sigmoid, normalized_sigmoid_derivative, normalized_silu_derivative,
};
import constants::WORKGROUP;

@group(0) @binding(4) var<storage, read> gated_gradient: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> ungated_gradient: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let spot = spot_of(id, group, groups);
  if !spot.busy { return; }
  if spot.scalars {
    ungated_gradient[spot.ungated] = gated_gradient[spot.gated] * normalized_silu_derivative(ungated[spot.ungated]);
    return;
  }
  let gate = ungated[spot.gates];
  let open = normalized_sigmoid(gate);
  var along = vec4f(0.0);
  for (var m = 0u; m < spot.parts; m++) {
    let gradient = gated_gradient[spot.gated + m * spot.width4];
    let y = spot.ungated + m * spot.step4;
    along += gradient * ungated[y];
    ungated_gradient[y] = gradient * open;
  }
  ungated_gradient[spot.gates] = along * normalized_sigmoid_derivative(gate);
}
