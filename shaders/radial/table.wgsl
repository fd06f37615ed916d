// Cubic Hermite interpolation of functions of the distance, tabulated on equidistant knots (values and slopes,
// slopes per knot spacing). src/models/layers/radial-table.ts builds the tables and measures their error.

/// Where a distance falls: the knot to the left, and how far to the next, 0 … 1.
struct Place {
  knot: u32,
  t: f32,
}

fn place_of(r: f32, knots_per_angstrom: f32, last: u32) -> Place {
  let scaled = r * knots_per_angstrom;
  let knot = min(u32(scaled), last - 1u);
  return Place(knot, scaled - f32(knot));
}

fn hermite(t: f32, a: vec4f, slope_a: vec4f, b: vec4f, slope_b: vec4f) -> vec4f {
  let d = b - a;
  return a + t * (slope_a + t * ((3.0 * d - 2.0 * slope_a - slope_b) + t * (slope_a + slope_b - 2.0 * d)));
}

/// Derivative per knot spacing.
fn hermite_slope(t: f32, a: vec4f, slope_a: vec4f, b: vec4f, slope_b: vec4f) -> vec4f {
  let d = b - a;
  return slope_a + t * (2.0 * (3.0 * d - 2.0 * slope_a - slope_b) + 3.0 * t * (slope_a + slope_b - 2.0 * d));
}
