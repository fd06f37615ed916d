// Input of a gated block's network: scalars beside the norms of projected vectors. SPEC tmdnet 8.1.
//
//   joined = [x | n],  n = |W_1 V| over xyz per channel
//
//   0 scalars [WIDTH]    1 projected [3, …]   W_1 V in the first WIDTH of each row    2 joined [2, WIDTH]

import package::atomwise::operation::{Operation, Share, pick, place};
import constants::WORKGROUP;

fn norm_concat(op: Operation, share: Share) {
  let width = op.outputs4;
  for (var item = share.lane; item < share.count * width; item += WORKGROUP) {
    let i = share.first + item / width;
    let c = item % width;
    var squares = vec4f(0.0);
    for (var k = 0u; k < 3u; k++) {
      let v = pick(op.rows[1], i, k, c);
      squares += v * v;
    }
    let x = pick(op.rows[0], i, 0u, c);
    place(op.rows[2], i, 0u, c, x);
    place(op.rows[2], i, 0u, width + c, sqrt(squares));
  }
}
