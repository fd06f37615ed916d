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

fn sigmoid(x: vec4f) -> vec4f {
  return 1.0 / (1.0 + exp(-clamp(x, vec4f(-80.0), vec4f(80.0))));
}

fn softplus(x: vec4f) -> vec4f {
  return max(x, vec4f(0.0)) + log(1.0 + exp(-min(abs(x), vec4f(80.0))));
}

fn tanh_accurate(x: vec4f) -> vec4f {
  let z = x * x;
  let series = x * (1.0 + z * (-0.33333333 + z * (0.13333333 + z * (-0.053968254 + z * 0.021869489))));
  let t = exp(-2.0 * min(abs(x), vec4f(20.0)));
  return select(sign(x) * (1.0 - t) / (1.0 + t), series, abs(x) < vec4f(0.25));
}

// tanh(log(1 + e^x)) = (e² + 2e) / (e² + 2e + 2) with e = e^x.
fn tanh_softplus(x: vec4f) -> vec4f {
  let e = exp(clamp(x, vec4f(-80.0), vec4f(20.0)));
  let n = e * (e + 2.0);
  return n / (n + 2.0);
}

fn activate(kind: u32, x: vec4f) -> vec4f {
  switch kind {
    case SHIFTED_SOFTPLUS: { return softplus(x) - LN2; }
    case TANH: { return tanh_accurate(x); }
    case SIGMOID: { return sigmoid(x); }
    case MISH: { return x * tanh_softplus(x); }
    default: { return x * sigmoid(x); }
  }
}

fn activate_derivative(kind: u32, x: vec4f) -> vec4f {
  let s = sigmoid(x);
  switch kind {
    case SHIFTED_SOFTPLUS: { return s; }
    case TANH: { let t = tanh_accurate(x); return 1.0 - t * t; }
    case SIGMOID: { return s * (1.0 - s); }
    case MISH: { let t = tanh_softplus(x); return t + x * s * (1.0 - t * t); }
    default: { return s * (1.0 + x * (1.0 - s)); }
  }
}
