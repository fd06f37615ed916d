// Adjoint of norm_concat.wgsl. SPEC tmdnet 9: g(W_1 V) = (W_1 V)/n · gn, and 0 where n is 0.
//
//   0 joined gradient [2, WIDTH]   [gx | gn]
//   1 projected [3, …]             W_1 V in the first WIDTH of each row
//   2 projected gradient [3, …]    the first WIDTH of each row are written
//   3 gradient [WIDTH]             becomes gx

import package::atomwise::operation::{Operation, Share, pick, place};
import constants::WORKGROUP;

fn norm_concat_adjoint(op: Operation, share: Share) {
  let width = op.outputs4;
  for (var item = share.lane; item < share.count * width; item += WORKGROUP) {
    let i = share.first + item / width;
    let c = item % width;
    let v0 = pick(op.rows[1], i, 0u, c);
    let v1 = pick(op.rows[1], i, 1u, c);
    let v2 = pick(op.rows[1], i, 2u, c);
    let squares = v0 * v0 + v1 * v1 + v2 * v2;
    let gn = pick(op.rows[0], i, 0u, width + c);
    let ratio = select(vec4f(0.0), gn * inverseSqrt(max(squares, vec4f(1e-37))), squares > vec4f(1e-37));
    let gx = pick(op.rows[0], i, 0u, c);
    place(op.rows[2], i, 0u, c, v0 * ratio);
    place(op.rows[2], i, 1u, c, v1 * ratio);
    place(op.rows[2], i, 2u, c, v2 * ratio);
    place(op.rows[3], i, 0u, c, gx);
  }
}
