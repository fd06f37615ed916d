// Channels are stored per head in HEADS blocks of HEAD_WIDTH4 vec4s, each block padded with zeros where the head's
// true width is no multiple of four. For the usual widths nothing is padded and `present` folds to 1.

import constants::{HEADS, HEAD_WIDTH};

const HEAD_WIDTH4: u32 = (HEAD_WIDTH + 3u) / 4u;
/// vec4s in one row of channels
const WIDTH4: u32 = HEADS * HEAD_WIDTH4;
/// channels the network really has
const TRUE_WIDTH: f32 = f32(HEADS * HEAD_WIDTH);

/// 1 in the lanes of vec4 `c` that are channels, 0 in the padding.
fn present(c: u32) -> vec4f {
  if HEAD_WIDTH % 4u == 0u { return vec4f(1.0); }
  let first = (c % HEAD_WIDTH4) * 4u;
  let lane = vec4u(first, first + 1u, first + 2u, first + 3u);
  return select(vec4f(0.0), vec4f(1.0), lane < vec4u(HEAD_WIDTH));
}
