// Adjoint of irreps_norm.wgsl toward its input.
//
//   r = 1/sqrt(mean(t²) + 1e-5),  h = gy · weight:   gx = r (h − [CENTRE] mean(h) − r² t mean(h t)). SPEC equiformer 11.
//
// That is the gradient less its mean over channels, as SPEC has it: t has none.
//
//   0 x [parts, CHANNELS]   what irreps_norm.wgsl read    1 gy [parts, CHANNELS]   gradient at its output
//   2 gx [parts, CHANNELS]  ADD adds to what is there
//   weight [CHANNELS]

import package::atomwise::operation::{ADD, CENTRE, Operation, Share, has, pick, place, weights};
import package::atomwise::total::{LANES, across, total};
import package::irreps::irreps_norm::{EPSILON, centred, is_channel, mean_of};

fn irreps_norm_adjoint(op: Operation, share: Share) {
  let atom = share.first + share.lane / LANES;
  let length = op.parts * op.outputs4;
  let mine = select(length, share.lane % LANES, share.lane / LANES < share.count);
  let mean = mean_of(op, share, atom, mine);

  var squares = vec4f(0.0);
  var h_sum = vec4f(0.0);
  var ht_sum = vec4f(0.0);
  for (var k = mine; k < length; k += LANES) {
    let c = k % op.outputs4;
    let t = centred(op, atom, k, mean);
    let h = pick(op.rows[1], atom, k / op.outputs4, c) * weights[op.weights + c];
    squares += t * t;
    h_sum += h;
    ht_sum += h * t;
  }
  let sums = total(share, vec4f(across(squares), across(h_sum), across(ht_sum), 0.0)) / f32(op.channels * op.parts);
  let scale = inverseSqrt(sums.x + EPSILON);
  let along = sums.z * scale * scale;
  let h_mean = select(0.0, sums.y, has(op, CENTRE));

  for (var k = mine; k < length; k += LANES) {
    let part = k / op.outputs4;
    let c = k % op.outputs4;
    let h = pick(op.rows[1], atom, part, c) * weights[op.weights + c];
    var gx = scale * (h - h_mean - centred(op, atom, k, mean) * along) * is_channel(op, c);
    if has(op, ADD) { gx += pick(op.rows[2], atom, part, c); }
    place(op.rows[2], atom, part, c, gx);
  }
}
