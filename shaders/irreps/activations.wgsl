// Activations whose output has unit second moment for a normally distributed input, and their derivatives, four channels at
// a time: e3nn's normalize2mom. The factors are those of src/reference/irreps/activations.ts. SPEC equiformer 5.

import package::common::activation::{SIGMOID, SILU, activate, activate_derivative};

const SILU_FACTOR = 1.6791767923989418;
const SIGMOID_FACTOR = 1.8467055342154763;
const SMOOTH_LEAKY_RELU_FACTOR = 1.531320475574866;

/// Equiformer's slope for negative arguments.
const LEAK = 0.2;

fn normalized_silu(x: vec4f) -> vec4f { return SILU_FACTOR * activate(SILU, x); }
fn normalized_silu_derivative(x: vec4f) -> vec4f { return SILU_FACTOR * activate_derivative(SILU, x); }

fn normalized_sigmoid(x: vec4f) -> vec4f { return SIGMOID_FACTOR * activate(SIGMOID, x); }
fn normalized_sigmoid_derivative(x: vec4f) -> vec4f { return SIGMOID_FACTOR * activate_derivative(SIGMOID, x); }

/// Upstream's (1 + a)/2 x + (1 − a)/2 x (2σ(x) − 1) is a x + (1 − a) SiLU(x), where nothing cancels.
fn smooth_leaky_relu(x: vec4f) -> vec4f {
  return SMOOTH_LEAKY_RELU_FACTOR * (LEAK * x + (1.0 - LEAK) * activate(SILU, x));
}

fn smooth_leaky_relu_derivative(x: vec4f) -> vec4f {
  return SMOOTH_LEAKY_RELU_FACTOR * (LEAK + (1.0 - LEAK) * activate_derivative(SILU, x));
}
