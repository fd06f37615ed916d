// sum = a + b.
//
//   0 a [outputs]    1 b [outputs]    2 sum [outputs], which may be a
//
// One lane after the other takes four channels of an atom.

import package::atomwise::operation::{Operation, Share, pick, place};
import constants::WORKGROUP;

fn sum(op: Operation, share: Share) {
  for (var item = share.lane; item < share.count * op.outputs4; item += WORKGROUP) {
    let atom = share.first + item / op.outputs4;
    let c = item % op.outputs4;
    place(op.rows[2], atom, 0u, c, pick(op.rows[0], atom, 0u, c) + pick(op.rows[1], atom, 0u, c));
  }
}
