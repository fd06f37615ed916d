// Adjoint of softmax.wgsl: gz_e = α_e (gα_e − Σ_e' α_e' gα_e'). Equiformer SPEC 12.
//
//   weights [edges, HEADS]    α
//   gradient [edges, HEADS]   gα before, gz after
//
// One invocation per atom and head.

import package::common::index::flat_index;
import package::common::system::System;
import constants::{WORKGROUP, HEADS};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> row_starts: array<u32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> gradient: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let lane = flat_index(id, groups, WORKGROUP);
  let i = lane / HEADS;
  if i >= system.atoms { return; }
  let head = lane % HEADS;
  let end = row_starts[i + 1u];
  var sum = 0.0;
  for (var e = row_starts[i]; e < end; e++) { sum += weights[e * HEADS + head] * gradient[e * HEADS + head]; }
  for (var e = row_starts[i]; e < end; e++) {
    let at = e * HEADS + head;
    gradient[at] = weights[at] * (gradient[at] - sum);
  }
}
