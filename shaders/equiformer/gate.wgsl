// The gate of nonlinear messages, on every edge. Equiformer SPEC 10.
//
//   scalars: g = silu(y)      others: g[m] = y[m] σ(y at their gates)      both with e3nn's factors
//
//   gated [edges, GATED4]   g of y, which is `ungated`
//
// One invocation per four channels of a block and edge: gate_piece.wgsl.

import package::equiformer::gate_piece::{spot_of, ungated};
import package::irreps::activations::{normalized_sigmoid, normalized_silu};
import constants::WORKGROUP;

@group(0) @binding(4) var<storage, read_write> gated: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let spot = spot_of(id, group, groups);
  if !spot.busy { return; }
  if spot.scalars {
    gated[spot.gated] = normalized_silu(ungated[spot.ungated]);
    return;
  }
  let open = normalized_sigmoid(ungated[spot.gates]);
  for (var m = 0u; m < spot.parts; m++) {
    gated[spot.gated + m * spot.width4] = ungated[spot.ungated + m * spot.step4] * open;
  }
}
