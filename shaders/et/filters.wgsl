// Layout of one layer's filter table: [intervals, 4 blocks, CHANNELS / 4, TERMS]. The blocks are the activated dk and
// the three parts of dv that multiply scalars, neighbours' vectors and directions. A model without key or value
// filters has ones in that block.

import package::common::padding::WIDTH4;
import constants::TERMS;

const BLOCKS = 4u;
const KEYS = 0u;
const SCALARS = 1u;
const VECTORS = 2u;
const DIRECTIONS = 3u;

/// First coefficient of four channels of a block.
fn filter_at(interval: u32, block: u32, c: u32) -> u32 {
  return ((interval * BLOCKS + block) * WIDTH4 + c) * TERMS;
}
