// dE/de of every edge's vector e = d u, out of the torque τ on its frame and the gradient gd toward its length. Equiformer
// SPEC 12: what does not depend on the frame's roll has the gradient τ × u toward u.
//
//   in the frame, where u = ŷ:   (−τ_z / d, gd, τ_x / d)
//
//   frames [edges, FRAME]     of degree 1 first
//   pulls [edges, PULLS]      (τ_x, gd, τ_z, of others), to be summed
//   gradients [edges]         xyz in eV/Å
//
// One invocation per edge.

import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::edge::Edge;
import constants::{WORKGROUP, PULLS, FRAME};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> row_starts: array<u32>;
@group(0) @binding(2) var<storage, read> edges: array<Edge>;
@group(0) @binding(3) var<storage, read> frames: array<f32>;
@group(0) @binding(4) var<storage, read> pulls: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> gradients: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let e = flat_index(id, groups, WORKGROUP);
  if e >= row_starts[system.atoms] { return; }
  var pull = vec4f(0.0);
  for (var k = 0u; k < PULLS; k++) { pull += pulls[e * PULLS + k]; }
  let across = 1.0 / max(edges[e].distance, 1e-20);
  let inside = vec3f(-pull.z * across, pull.y, pull.x * across);
  let d = e * FRAME;
  var outside = vec3f(0.0);
  for (var k = 0u; k < 3u; k++) {
    outside[k] = frames[d + 3u * k] * inside.x + frames[d + 3u * k + 1u] * inside.y + frames[d + 3u * k + 2u] * inside.z;
  }
  gradients[e] = vec4f(select(outside, vec3f(0.0), edges[e].distance == 0.0), 0.0);
}
