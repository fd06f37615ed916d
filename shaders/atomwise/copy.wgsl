// y = x.
//
//   0 x [outputs]    1 y [outputs]

import package::atomwise::operation::{Operation, Share, pick, place};
import constants::WORKGROUP;

fn copy(op: Operation, share: Share) {
  for (var item = share.lane; item < share.count * op.outputs4; item += WORKGROUP) {
    let atom = share.first + item / op.outputs4;
    let c = item % op.outputs4;
    place(op.rows[1], atom, 0u, c, pick(op.rows[0], atom, 0u, c));
  }
}
