// Layout of one layer's filter table: [knots + 1, 4 blocks, CHANNELS, 2]. The blocks are the activated dk and the
// three parts of dv that multiply scalars, neighbours' vectors and directions; the pair is value and slope.
// A model without key or value filters has ones in that block.

import package::common::padding::WIDTH4;

const BLOCKS = 4u;
const KEYS = 0u;
const SCALARS = 1u;
const VECTORS = 2u;
const DIRECTIONS = 3u;

/// From one knot to the next.
const KNOT_STRIDE: u32 = BLOCKS * WIDTH4 * 2u;

fn filter_at(knot: u32, block: u32, c: u32) -> u32 {
  return ((knot * BLOCKS + block) * WIDTH4 + c) * 2u;
}
