// y = (x − mean(x)) / sqrt(var(x) + 1e-5) · weight + bias over the channels of one atom. SPEC tmdnet 7.
//
//   0 x [CHANNELS], padded slots 0    1 y [CHANNELS]
//   weight, bias [CHANNELS]   0 in padded slots, which therefore stay 0
//
// Two passes over the row, so that the variance is not a difference of large numbers.

import package::atomwise::operation::{Operation, Share, pick, place, weights};
import package::atomwise::total::{LANES, across, total};
import package::common::padding::{TRUE_WIDTH, WIDTH4, present};

fn layer_norm(op: Operation, share: Share) {
  let atom = share.first + share.lane / LANES;
  let mine = select(WIDTH4, share.lane % LANES, share.lane / LANES < share.count);

  var sum = vec4f(0.0);
  for (var c = mine; c < WIDTH4; c += LANES) { sum += pick(op.rows[0], atom, 0u, c); }
  let mean = across(total(share, sum)) / TRUE_WIDTH;

  var squares = vec4f(0.0);
  for (var c = mine; c < WIDTH4; c += LANES) {
    let d = (pick(op.rows[0], atom, 0u, c) - mean) * present(c);
    squares += d * d;
  }
  let scale = inverseSqrt(across(total(share, squares)) / TRUE_WIDTH + 1e-5);

  for (var c = mine; c < WIDTH4; c += LANES) {
    let normalized = (pick(op.rows[0], atom, 0u, c) - mean) * scale;
    place(op.rows[1], atom, 0u, c, normalized * weights[op.weights + c] + weights[op.bias + c]);
  }
}
