// Functions of the distance as piecewise polynomials: each interval has TERMS coefficients of powers of t ∈ [−1, 1].
// src/models/layers/radial-table.ts fits them and measures their error. Shaders evaluate them where their table is
// bound, by Horner's rule, the slope along with the value. A table begins with its SEGMENTS: stretches of the distance of
// equal length, each in intervals of its own.

const SEGMENTS = 16u;

/// Where a distance falls.
struct Place {
  interval: u32,
  t: f32,
  /// dt/dr, per Å
  rate: f32,
}

/// The segment of a distance.
fn segment_of(r: f32, segments_per_angstrom: f32) -> u32 {
  return min(u32(r * segments_per_angstrom), SEGMENTS - 1u);
}

/// @param segment start in Å, intervals per Å, number of the first interval, how many there are
fn place_in(segment: vec4f, r: f32) -> Place {
  let scaled = (r - segment.x) * segment.y;
  let interval = clamp(floor(scaled), 0.0, segment.w - 1.0);
  return Place(u32(segment.z + interval), 2.0 * (scaled - interval) - 1.0, 2.0 * segment.y);
}
