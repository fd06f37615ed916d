// Scalars through the normalised SiLU, which keeps padded slots 0. SPEC equiformer 10.
//
//   0 x [CHANNELS]    1 y [CHANNELS]   may be where x is

import package::atomwise::operation::{Operation, Share, pick, place};
import package::irreps::activations::normalized_silu;
import constants::WORKGROUP;

fn irreps_activate(op: Operation, share: Share) {
  let width = op.outputs4;
  for (var item = share.lane; item < share.count * width; item += WORKGROUP) {
    let i = share.first + item / width;
    let c = item % width;
    place(op.rows[1], i, 0u, c, normalized_silu(pick(op.rows[0], i, 0u, c)));
  }
}
