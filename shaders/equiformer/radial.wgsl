// Functions of the distance that Equiformer's tensor products are weighted with, out of a table of them (radial/table.wgsl),
// which src/models/equiformer/radial-tables.ts makes; at binding 2 of every kernel that reads one.

import package::radial::table::{Place, SEGMENTS, place_in, segment_of};
import constants::{SEGMENTS_PER_ANGSTROM, TERMS};

@group(0) @binding(2) var<storage, read> radial: array<vec4f>;

fn place_of(r: f32) -> Place { return place_in(radial[segment_of(r, SEGMENTS_PER_ANGSTROM)], r); }

/// Four functions and their derivatives toward the distance, per Å.
struct Weights {
  value: vec4f,
  slope: vec4f,
}

/// @param width vec4s in a row of functions
fn weights_at(place: Place, width: u32, column: u32) -> Weights {
  let at = SEGMENTS + place.interval * TERMS * width + column;
  var value = radial[at + (TERMS - 1u) * width];
  var slope = vec4f(0.0);
  for (var k = TERMS - 1u; k > 0u; k--) {
    slope = slope * place.t + value;
    value = value * place.t + radial[at + (k - 1u) * width];
  }
  return Weights(value, slope * place.rate);
}
