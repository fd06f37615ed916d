// How much an edge's message asks for attention, before the softmax, for every head. Equiformer SPEC 12.
//
//   z_eh = Σ_k alpha_dot[h, k] act(a_e[h, k]),   act the smooth leaky ReLU
//
//   features [edges, STRIDE4]   a from vec4 FIRST4 on, ALPHA4 for each head
//   alpha_dot [heads, ALPHA4]
//   logits [edges, HEADS]
//
// One invocation per edge and head.

import package::common::index::flat_index;
import package::common::system::System;
import package::irreps::activations::smooth_leaky_relu;
import constants::{WORKGROUP, HEADS, STRIDE4, FIRST4, ALPHA4};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> row_starts: array<u32>;
@group(0) @binding(2) var<storage, read> features: array<vec4f>;
@group(0) @binding(3) var<storage, read> alpha_dot: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> logits: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let lane = flat_index(id, groups, WORKGROUP);
  let e = lane / HEADS;
  if e >= row_starts[system.atoms] { return; }
  let head = lane % HEADS;
  var sum = 0.0;
  for (var k = 0u; k < ALPHA4; k++) {
    let a = features[e * STRIDE4 + FIRST4 + head * ALPHA4 + k];
    sum += dot(alpha_dot[head * ALPHA4 + k], smooth_leaky_relu(a));
  }
  logits[lane] = sum;
}
