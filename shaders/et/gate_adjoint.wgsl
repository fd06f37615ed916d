// Adjoint of gate.wgsl. SPEC tmdnet 9: gt = [gx' act'(t[0]) | Σ_xyz gV' B],  gB = gV' t[1].
//
//   0 gradient [4, WIDTH]   gx', gV'      1 mixed, 2 directed     as in gate.wgsl
//   3 mixed gradient [2, WIDTH]           4 directed gradient [3, WIDTH]

import package::atomwise::operation::{ACTIVATE, Operation, Share, dot_xyz, has, pick, pick_xyz, place, place_xyz, times_xyz};
import package::common::activation::activate_derivative;
import constants::WORKGROUP;

fn gate_adjoint(op: Operation, share: Share) {
  let width = op.outputs4;
  for (var item = share.lane; item < share.count * width; item += WORKGROUP) {
    let i = share.first + item / width;
    let c = item % width;
    let factor = pick(op.rows[1], i, 0u, width + c);
    var gx = pick(op.rows[0], i, 0u, c);
    if has(op, ACTIVATE) { gx *= activate_derivative(op.activation, pick(op.rows[1], i, 0u, c)); }
    let gv = pick_xyz(op.rows[0], i, 1u, c);
    let gate_gradient = dot_xyz(gv, pick_xyz(op.rows[2], i, 0u, c));
    place_xyz(op.rows[4], i, 0u, c, times_xyz(gv, factor));
    place(op.rows[3], i, 0u, c, gx);
    place(op.rows[3], i, 0u, width + c, gate_gradient);
  }
}
