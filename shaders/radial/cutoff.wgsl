// Cosine cutoff and its derivative toward the distance. SPEC tmdnet 5 and 9.
//
//   lower ≤ 0:  C = ½ (cos(π r/upper) + 1)                          for r < upper, else 0
//   lower > 0:  C = ½ (cos(π (2 (r−lower)/(upper−lower) + 1)) + 1)  for lower < r < upper, else 0
//
// The builtin sin and cos may err by 5e-4; these polynomials on |s| ≤ ½ err by less than 3e-7 (ANCHORS 3.1).

fn sin_pi(s: f32) -> f32 {
  let z = s * s;
  return s * (3.14159265 + z * (-5.16771277 + z * (2.55016332 + z * (-0.599252198 + z * (0.0820504018 - 0.00702838634 * z)))));
}

fn cos_pi(s: f32) -> f32 {
  let z = s * s;
  return 1.0 + z * (-4.93480214 + z * (4.05870916 + z * (-1.33521200 + z * (0.234937314 - 0.0243963243 * z))));
}

/// (C, dC/dr)
fn cosine_cutoff(r: f32, lower: f32, upper: f32) -> vec2f {
  if r >= upper || (lower > 0.0 && r <= lower) { return vec2f(0.0); }
  if lower <= 0.0 {
    let s = r / upper - 0.5;
    return vec2f(0.5 - 0.5 * sin_pi(s), -1.5707963268 * cos_pi(s) / upper);
  }
  // sin(πt)² with t = (r−lower)/(upper−lower) = s + ½
  let s = (r - lower) / (upper - lower) - 0.5;
  let c = cos_pi(s);
  return vec2f(c * c, -6.2831853072 * c * sin_pi(s) / (upper - lower));
}
