// Activation functions of TorchMD-NET and their derivatives, four channels at a time, safe for any finite input.
// Kinds are numbered as ACTIVATIONS in src/models/layers/activation.ts. SPEC tmdnet 6.
//
// exp is good to a few ulp times its argument, so every form below calls it with a bounded, mostly negative
// argument. The builtin tanh loses all relative accuracy near 0 on some adapters.

const SILU = 0u;
const SHIFTED_SOFTPLUS = 1u;
const TANH = 2u;
const SIGMOID = 3u;
const MISH = 4u;

const LN2 = 0.6931471805599453;

/// e^−|x|, from which both tails of a sigmoid can be had without a difference of near numbers.
fn tail(x: vec4f) -> vec4f {
  return exp(-min(abs(x), vec4f(80.0)));
}

fn sigmoid(x: vec4f) -> vec4f {
  let e = tail(x);
  return select(e, vec4f(1.0), x >= vec4f(0.0)) / (1.0 + e);
}

fn softplus(x: vec4f) -> vec4f {
  return max(x, vec4f(0.0)) + log(1.0 + tail(x));
}

fn tanh_accurate(x: vec4f) -> vec4f {
  let z = x * x;
  let series = x * (1.0 + z * (-0.33333333 + z * (0.13333333 + z * (-0.053968254 + z * 0.021869489))));
  let t = exp(-2.0 * min(abs(x), vec4f(20.0)));
  return select(sign(x) * (1.0 - t) / (1.0 + t), series, abs(x) < vec4f(0.25));
}

/// n = e² + 2e with e = e^x, so that tanh(log(1 + e^x)) = n / (n + 2).
fn softplus_ratio(x: vec4f) -> vec4f {
  let e = exp(clamp(x, vec4f(-80.0), vec4f(20.0)));
  return e * (e + 2.0);
}

fn activate(kind: u32, x: vec4f) -> vec4f {
  switch kind {
    case SHIFTED_SOFTPLUS: { return softplus(x) - LN2; }
    case TANH: { return tanh_accurate(x); }
    case SIGMOID: { return sigmoid(x); }
    case MISH: { let n = softplus_ratio(x); return x * (n / (n + 2.0)); }
    default: { return x * sigmoid(x); }
  }
}

fn activate_derivative(kind: u32, x: vec4f) -> vec4f {
  let s = sigmoid(x);
  let rest = sigmoid(-x);
  switch kind {
    case SHIFTED_SOFTPLUS: { return s; }
    case TANH: { let t = tanh_accurate(x); return 1.0 - t * t; }
    case SIGMOID: { return s * rest; }
    case MISH: {
      // With t = n/(n + 2): 1 − t² = 4 (n + 1)/(n + 2)².
      let n = softplus_ratio(x);
      let d = n + 2.0;
      return n / d + x * s * (4.0 * (n + 1.0) / d / d);
    }
    default: { return s * (1.0 + x * rest); }
  }
}
