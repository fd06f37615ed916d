// Residual update of an atom's features. SPEC tmdnet 7.2.
//
//   x' = x + (Σ_xyz P1 P2) o2 + o3,   V' = V + P3 o1 + Y
//
//   0 state [4, CHANNELS]          row 0 x, rows 1–3 V       1 projected [3, 3, CHANNELS]   P1 | P2 | P3 for each of xyz
//   2 aggregate [4, CHANNELS]      rows 1–3 Y                3 output [3, CHANNELS]         o1 | o2 | o3
//   4 next state [4, CHANNELS]

import package::atomwise::operation::{Operation, Share, dot_xyz, pick, pick_xyz, place, place_xyz, times_xyz};
import constants::WORKGROUP;

fn update(op: Operation, share: Share) {
  let width = op.outputs4;
  for (var item = share.lane; item < share.count * width; item += WORKGROUP) {
    let i = share.first + item / width;
    let c = item % width;
    let product = dot_xyz(pick_xyz(op.rows[1], i, 0u, c), pick_xyz(op.rows[1], i, 0u, width + c));
    let gated = times_xyz(pick_xyz(op.rows[1], i, 0u, 2u * width + c), pick(op.rows[3], i, 0u, c));
    let x = pick(op.rows[0], i, 0u, c) + product * pick(op.rows[3], i, 1u, c) + pick(op.rows[3], i, 2u, c);
    let v = pick_xyz(op.rows[0], i, 1u, c) + gated + pick_xyz(op.rows[2], i, 1u, c);
    place(op.rows[4], i, 0u, c, x);
    place_xyz(op.rows[4], i, 1u, c, v);
  }
}
