// Functions of the distance as piecewise polynomials: each interval has TERMS coefficients of powers of t ∈ [−1, 1].
// src/models/layers/radial-table.ts fits them and measures their error. Shaders evaluate them where their table is
// bound, by Horner's rule, the slope along with the value.

/// Where a distance falls.
struct Place {
  interval: u32,
  t: f32,
}

fn place_of(r: f32, intervals_per_angstrom: f32, intervals: u32) -> Place {
  let scaled = r * intervals_per_angstrom;
  let interval = min(u32(scaled), intervals - 1u);
  return Place(interval, 2.0 * (scaled - f32(interval)) - 1.0);
}
