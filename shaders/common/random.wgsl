// Counter-based random numbers: Philox 4×32-10 (Salmon, Moraes, Dror, Shaw, SC11, doi:10.1145/2063384.2063405).
// The same key and counter give the same numbers whatever else runs, so a trajectory can be repeated and resumed.

import package::radial::cutoff::{sin_pi, cos_pi};

/// High and low words of a·b.
fn multiply_wide(a: u32, b: u32) -> vec2u {
  let al = a & 0xffffu;
  let ah = a >> 16u;
  let bl = b & 0xffffu;
  let bh = b >> 16u;
  let middle = ah * bl + ((al * bl) >> 16u);
  let carried = al * bh + (middle & 0xffffu);
  return vec2u(ah * bh + (middle >> 16u) + (carried >> 16u), a * b);
}

fn philox(counter_in: vec4u, key_in: vec2u) -> vec4u {
  var counter = counter_in;
  var key = key_in;
  for (var round = 0u; round < 10u; round++) {
    let a = multiply_wide(0xD2511F53u, counter.x);
    let b = multiply_wide(0xCD9E8D57u, counter.z);
    counter = vec4u(b.x ^ counter.y ^ key.x, b.y, a.x ^ counter.w ^ key.y, a.y);
    key += vec2u(0x9E3779B9u, 0xBB67AE85u);
  }
  return counter;
}

/// Uniform in (0, 1): the middle of one of 2²³ equal parts, exact in float32.
fn uniform_open(bits: u32) -> f32 {
  return (f32(bits >> 9u) + 0.5) * 1.1920928955078125e-7;
}

/// Two independent standard normal numbers (Box–Muller), with our own sine and cosine: the builtins may err by 5e-4.
fn normal_pair(bits: vec2u) -> vec2f {
  let radius = sqrt(-2.0 * log(uniform_open(bits.x)));
  // An angle 2π v as two quarter turns: s ∈ (−½, ½) covers half a turn, the lowest bit picks the half.
  let s = uniform_open(bits.y) - 0.5;
  let side = select(-1.0, 1.0, (bits.y & 1u) == 0u);
  return radius * side * vec2f(cos_pi(s), sin_pi(s));
}

/// Three standard normal numbers for an atom at a step.
fn normal_vector(seed: vec2u, step: u32, atom: u32) -> vec3f {
  let bits = philox(vec4u(step, atom, 0u, 0u), seed);
  let a = normal_pair(bits.xy);
  let b = normal_pair(bits.zw);
  return vec3f(a, b.x);
}
