// Output of a gated block: scalars and gated vectors. SPEC tmdnet 8.1.
//
//   x' = [act](t[0]),  V' = t[1] ⊙ B        ACTIVATE: with the activation
//
//   0 mixed [2, WIDTH]     t: scalars | gate
//   1 directed [3, WIDTH]  B = W_2 V
//   2 state [4, WIDTH]     row 0 x', rows 1–3 V'

import package::atomwise::operation::{ACTIVATE, Operation, Share, has, pick, pick_xyz, place, place_xyz, times_xyz};
import package::common::activation::activate;
import constants::WORKGROUP;

fn gate(op: Operation, share: Share) {
  let width = op.outputs4;
  for (var item = share.lane; item < share.count * width; item += WORKGROUP) {
    let i = share.first + item / width;
    let c = item % width;
    var x = pick(op.rows[0], i, 0u, c);
    if has(op, ACTIVATE) { x = activate(op.activation, x); }
    let v = times_xyz(pick_xyz(op.rows[1], i, 0u, c), pick(op.rows[0], i, 0u, width + c));
    place(op.rows[2], i, 0u, c, x);
    place_xyz(op.rows[2], i, 1u, c, v);
  }
}
