// Gate of one block: every channel is multiplied by the normalised sigmoid of a scalar of its own. SPEC equiformer 10.
//
//   0 gates [CHANNELS]    1 x [parts, CHANNELS], padded slots 0    2 y [parts, CHANNELS]   may be where x is

import package::atomwise::operation::{Operation, Share, pick, place};
import package::irreps::activations::normalized_sigmoid;
import constants::WORKGROUP;

fn irreps_gate(op: Operation, share: Share) {
  let width = op.outputs4;
  let length = op.parts * width;
  for (var item = share.lane; item < share.count * length; item += WORKGROUP) {
    let i = share.first + item / length;
    let part = item % length / width;
    let c = item % width;
    place(op.rows[2], i, part, c, pick(op.rows[1], i, part, c) * normalized_sigmoid(pick(op.rows[0], i, 0u, c)));
  }
}
