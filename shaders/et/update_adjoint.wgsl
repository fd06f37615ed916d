// Adjoint of update.wgsl. SPEC tmdnet 9.
//
//   go1 = Σ_xyz gV' P3,  go2 = gx' dot,  go3 = gx'
//   gdot = gx' o2;  gP1 = gdot P2,  gP2 = gdot P1,  gP3 = gV' o1;   gY = gV'
//
//   0 gradient [4, CHANNELS]            gx', gV' at the layer's output
//   1 projected, 2 output               as in update.wgsl
//   3 output gradient [3, CHANNELS]     go1 | go2 | go3
//   4 projected gradient [3, 3, CHANNELS]
//   5 aggregate gradient [4, CHANNELS]  rows 1–3 gY (row 0, gX, comes from the output projection)

import package::atomwise::operation::{Operation, Share, pick, place};
import constants::WORKGROUP;

fn update_adjoint(op: Operation, share: Share) {
  let width = op.outputs4;
  for (var item = share.lane; item < share.count * width; item += WORKGROUP) {
    let i = share.first + item / width;
    let c = item % width;
    let gx = pick(op.rows[0], i, 0u, c);
    let o1 = pick(op.rows[2], i, 0u, c);
    let product_gradient = gx * pick(op.rows[2], i, 1u, c);
    var go1 = vec4f(0.0);
    var product = vec4f(0.0);
    for (var k = 0u; k < 3u; k++) {
      let gv = pick(op.rows[0], i, k + 1u, c);
      let p1 = pick(op.rows[1], i, k, c);
      let p2 = pick(op.rows[1], i, k, width + c);
      product += p1 * p2;
      go1 += gv * pick(op.rows[1], i, k, 2u * width + c);
      place(op.rows[4], i, k, c, product_gradient * p2);
      place(op.rows[4], i, k, width + c, product_gradient * p1);
      place(op.rows[4], i, k, 2u * width + c, gv * o1);
      place(op.rows[5], i, k + 1u, c, gv);
    }
    place(op.rows[3], i, 0u, c, go1);
    place(op.rows[3], i, 1u, c, gx * product);
    place(op.rows[3], i, 2u, c, gx);
  }
}
