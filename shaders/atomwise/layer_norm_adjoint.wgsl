// Adjoint of layer_norm.wgsl toward its input, and the gradient's way around it.
//
//   h = (x − mean) r,  r = 1/sqrt(var + 1e-5),  g = gy · weight:   gx = r (g − mean(g) − h mean(g h)). SPEC tmdnet 9.
//
//   0 x [CHANNELS]   what layer_norm.wgsl read    1 gy [CHANNELS]   gradient at its output
//   2 gx [CHANNELS]  ADD adds to what is there

import package::atomwise::operation::{ADD, Operation, Share, has, pick, place, weights};
import package::atomwise::total::{LANES, across, total};
import package::common::padding::{TRUE_WIDTH, WIDTH4, present};

fn layer_norm_adjoint(op: Operation, share: Share) {
  let atom = share.first + share.lane / LANES;
  let mine = select(WIDTH4, share.lane % LANES, share.lane / LANES < share.count);

  var sum = vec4f(0.0);
  for (var c = mine; c < WIDTH4; c += LANES) { sum += pick(op.rows[0], atom, 0u, c); }
  let mean = across(total(share, sum)) / TRUE_WIDTH;

  var squares = vec4f(0.0);
  var g_sum = vec4f(0.0);
  var gd_sum = vec4f(0.0);
  for (var c = mine; c < WIDTH4; c += LANES) {
    let d = (pick(op.rows[0], atom, 0u, c) - mean) * present(c);
    let g = pick(op.rows[1], atom, 0u, c) * weights[op.weights + c];
    squares += d * d;
    g_sum += g;
    gd_sum += g * d;
  }
  let sums = total(share, vec4f(across(squares), across(g_sum), across(gd_sum), 0.0)) / TRUE_WIDTH;
  let scale = inverseSqrt(sums.x + 1e-5);
  let gh_mean = sums.z * scale;

  for (var c = mine; c < WIDTH4; c += LANES) {
    let h = (pick(op.rows[0], atom, 0u, c) - mean) * scale;
    let g = pick(op.rows[1], atom, 0u, c) * weights[op.weights + c];
    var gx = scale * (g - sums.y - h * gh_mean) * present(c);
    if has(op, ADD) { gx += pick(op.rows[2], atom, 0u, c); }
    place(op.rows[2], atom, 0u, c, gx);
  }
}
