// Adjoint of logits.wgsl: ga_e[h, k] = gz_eh alpha_dot[h, k] act'(a_e[h, k]). Equiformer SPEC 12.
//
//   features [edges, STRIDE4]   a from vec4 FIRST4 on, ALPHA4 for each head;   gradient: ga in the same places
//   alpha_dot [heads, ALPHA4]
//   logits [edges, HEADS]       gz
//
// One invocation per four numbers of an edge.

import package::common::index::flat_index;
import package::common::system::System;
import package::irreps::activations::smooth_leaky_relu_derivative;
import constants::{WORKGROUP, HEADS, STRIDE4, FIRST4, ALPHA4};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> row_starts: array<u32>;
@group(0) @binding(2) var<storage, read> features: array<vec4f>;
@group(0) @binding(3) var<storage, read> alpha_dot: array<vec4f>;
@group(0) @binding(4) var<storage, read> logits: array<f32>;
@group(0) @binding(5) var<storage, read_write> gradient: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let lane = flat_index(id, groups, WORKGROUP);
  let k = lane % (HEADS * ALPHA4);
  let e = lane / (HEADS * ALPHA4);
  if e >= row_starts[system.atoms] { return; }
  let at = e * STRIDE4 + FIRST4 + k;
  gradient[at] = logits[e * HEADS + k / ALPHA4] * alpha_dot[k] * smooth_leaky_relu_derivative(features[at]);
}
