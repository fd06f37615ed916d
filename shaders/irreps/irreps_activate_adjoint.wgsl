// Adjoint of irreps_activate.wgsl: gx = gy SiLU'(x), normalised. SPEC equiformer 10.
//
//   0 x [CHANNELS]    1 gy [CHANNELS]    2 gx [CHANNELS]   may be where x or gy is

import package::atomwise::operation::{Operation, Share, pick, place};
import package::irreps::activations::normalized_silu_derivative;
import constants::WORKGROUP;

fn irreps_activate_adjoint(op: Operation, share: Share) {
  let width = op.outputs4;
  for (var item = share.lane; item < share.count * width; item += WORKGROUP) {
    let i = share.first + item / width;
    let c = item % width;
    place(op.rows[2], i, 0u, c, pick(op.rows[1], i, 0u, c) * normalized_silu_derivative(pick(op.rows[0], i, 0u, c)));
  }
}
