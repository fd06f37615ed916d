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

import package::atomwise::operation::{Operation, Share, dot_xyz, pick, pick_xyz, place, place_xyz, times_xyz};
import constants::WORKGROUP;

fn update_adjoint(op: Operation, share: Share) {
  let width = op.outputs4;
  for (var item = share.lane; item < share.count * width; item += WORKGROUP) {
    let i = share.first + item / width;
    let c = item % width;
    let gx = pick(op.rows[0], i, 0u, c);
    let gv = pick_xyz(op.rows[0], i, 1u, c);
    let p1 = pick_xyz(op.rows[1], i, 0u, c);
    let p2 = pick_xyz(op.rows[1], i, 0u, width + c);
    let p3 = pick_xyz(op.rows[1], i, 0u, 2u * width + c);
    let o1 = pick(op.rows[2], i, 0u, c);
    let product_gradient = gx * pick(op.rows[2], i, 1u, c);
    place_xyz(op.rows[4], i, 0u, c, times_xyz(p2, product_gradient));
    place_xyz(op.rows[4], i, 0u, width + c, times_xyz(p1, product_gradient));
    place_xyz(op.rows[4], i, 0u, 2u * width + c, times_xyz(gv, o1));
    place_xyz(op.rows[5], i, 1u, c, gv);
    place(op.rows[3], i, 0u, c, dot_xyz(gv, p3));
    place(op.rows[3], i, 1u, c, gx * dot_xyz(p1, p2));
    place(op.rows[3], i, 2u, c, gx);
  }
}
