/// By the exponent bits: a compiler may assume that x != x is false.
fn is_finite(v: vec4f) -> bool {
  return all((bitcast<vec4u>(v) & vec4u(0x7f800000u)) != vec4u(0x7f800000u));
}
