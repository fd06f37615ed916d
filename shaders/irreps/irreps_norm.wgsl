// Equivariant layer norm of one block of one atom: y = t / sqrt(mean(t²) + 1e-5) · weight [+ bias]. SPEC equiformer 11.
//
// t is x, or with CENTRE (0e alone: the others have no mean that turns with the atoms) x less its mean over channels.
// mean(t²) is over channels and components.
//
//   0 x [parts, CHANNELS], padded slots 0    1 y [parts, CHANNELS]
//   weight [CHANNELS], bias [CHANNELS] or NONE   0 in padded slots, which therefore stay 0
//
// Two passes over the row, so that the variance is not a difference of large numbers.

import package::atomwise::operation::{CENTRE, NONE, Operation, Share, has, pick, place, weights};
import package::atomwise::total::{LANES, across, total};

const EPSILON = 1e-5;

/// 1 in the lanes of vec4 `c` that are channels, 0 in the padding at the end.
fn is_channel(op: Operation, c: u32) -> vec4f {
  let first = c * 4u;
  return select(vec4f(0.0), vec4f(1.0), vec4u(first, first + 1u, first + 2u, first + 3u) < vec4u(op.channels));
}

/// The block's mean, or 0 where it has none. To be called by all lanes: the barrier stands outside all control flow, since
/// not every compiler sees that flags are literals.
/// @param mine the lane's first of the block's vec4s, component after component
fn mean_of(op: Operation, share: Share, atom: u32, mine: u32) -> f32 {
  var sum = vec4f(0.0);
  if has(op, CENTRE) {
    for (var k = mine; k < op.outputs4; k += LANES) { sum += pick(op.rows[0], atom, 0u, k); }
  }
  return across(total(share, sum)) / f32(op.channels);
}

/// t of the block's vec4 k.
fn centred(op: Operation, atom: u32, k: u32, mean: f32) -> vec4f {
  let x = pick(op.rows[0], atom, k / op.outputs4, k % op.outputs4);
  if has(op, CENTRE) { return (x - mean) * is_channel(op, k); }
  return x;
}

fn irreps_norm(op: Operation, share: Share) {
  let atom = share.first + share.lane / LANES;
  let length = op.parts * op.outputs4;
  let mine = select(length, share.lane % LANES, share.lane / LANES < share.count);
  let mean = mean_of(op, share, atom, mine);

  var squares = vec4f(0.0);
  for (var k = mine; k < length; k += LANES) {
    let t = centred(op, atom, k, mean);
    squares += t * t;
  }
  let scale = inverseSqrt(across(total(share, squares)) / f32(op.channels * op.parts) + EPSILON);

  for (var k = mine; k < length; k += LANES) {
    let c = k % op.outputs4;
    var y = centred(op, atom, k, mean) * scale * weights[op.weights + c];
    if op.bias != NONE { y += weights[op.bias + c]; }
    place(op.rows[1], atom, k / op.outputs4, c, y);
  }
}
