// Attention weights: the softmax of the logits over the edges of a receiver, for every head. Equiformer SPEC 12.
//
//   weights [edges, HEADS]   logits before, weights after; 0 for an atom's edge to itself, which is none to this network
//
// One invocation per atom and head.

import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::edge::Edge;
import constants::{WORKGROUP, HEADS};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> row_starts: array<u32>;
@group(0) @binding(2) var<storage, read> edges: array<Edge>;
@group(0) @binding(3) var<storage, read_write> weights: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let lane = flat_index(id, groups, WORKGROUP);
  let i = lane / HEADS;
  if i >= system.atoms { return; }
  let head = lane % HEADS;
  let start = row_starts[i];
  let end = row_starts[i + 1u];
  var most = -3.4e38;
  for (var e = start; e < end; e++) {
    if edges[e].distance > 0.0 { most = max(most, weights[e * HEADS + head]); }
  }
  var sum = 0.0;
  for (var e = start; e < end; e++) {
    if edges[e].distance > 0.0 { sum += exp(weights[e * HEADS + head] - most); }
  }
  for (var e = start; e < end; e++) {
    let weight = select(0.0, exp(weights[e * HEADS + head] - most) / sum, edges[e].distance > 0.0);
    weights[e * HEADS + head] = weight;
  }
}
