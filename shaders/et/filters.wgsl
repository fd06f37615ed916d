// One layer's filter table, at binding 5 of every kernel that reads it: segments, then [intervals, TERMS, 4 blocks,
// CHANNELS], so that lanes of neighbouring channels read neighbouring memory. The blocks are the activated dk and the three parts of dv that
// multiply scalars, neighbours' vectors and directions. A model without key or value filters has ones in that block.

import package::common::padding::WIDTH4;
import package::radial::table::{Place, SEGMENTS, place_in, segment_of};
import constants::{SEGMENTS_PER_ANGSTROM, TERMS};

@group(0) @binding(5) var<storage, read> filters: array<vec4f>;

const BLOCKS = 4u;
const KEYS = 0u;
const SCALARS = 1u;
const VECTORS = 2u;
const DIRECTIONS = 3u;

const ROW = BLOCKS * WIDTH4;

fn place_of(r: f32) -> Place { return place_in(filters[segment_of(r, SEGMENTS_PER_ANGSTROM)], r); }

/// Index of the first coefficient of four channels of a block; the next one is a ROW further.
fn filter_at(interval: u32, block: u32, c: u32) -> u32 {
  return SEGMENTS + interval * TERMS * ROW + block * WIDTH4 + c;
}

/// Four channels of a block at a distance.
fn filter_value(place: Place, block: u32, c: u32) -> vec4f {
  let at = filter_at(place.interval, block, c);
  var value = filters[at + (TERMS - 1u) * ROW];
  for (var k = TERMS - 1u; k > 0u; k--) { value = value * place.t + filters[at + (k - 1u) * ROW]; }
  return value;
}

/// Four channels of a block and their derivatives toward the distance, per Å.
struct Filter {
  value: vec4f,
  slope: vec4f,
}

fn filter_with_slope(place: Place, block: u32, c: u32) -> Filter {
  let at = filter_at(place.interval, block, c);
  var value = filters[at + (TERMS - 1u) * ROW];
  var slope = vec4f(0.0);
  for (var k = TERMS - 1u; k > 0u; k--) {
    slope = slope * place.t + value;
    value = value * place.t + filters[at + (k - 1u) * ROW];
  }
  return Filter(value, slope * place.rate);
}
