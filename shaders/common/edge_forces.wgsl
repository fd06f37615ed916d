// Force along an edge from the gradients toward its direction u and distance r. SPEC tmdnet 9.
//
//   dE/d(r u) = gr u + (gu − (gu·u) u)/r,   0 for an atom's edge to itself
//
//   edge_gradient [edges, PARTS]   xyz gu, w gr, to be summed over PARTS
//   edge_forces [edges]            xyz dE/d(r u) in eV/Å
//
// One invocation per edge.

import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::edge::Edge;
import constants::{WORKGROUP, PARTS};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> edges: array<Edge>;
@group(0) @binding(2) var<storage, read> row_starts: array<u32>;
@group(0) @binding(3) var<storage, read> edge_gradient: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> edge_forces: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let e = flat_index(id, groups, WORKGROUP);
  if e >= row_starts[system.atoms] { return; }
  var g = vec4f(0.0);
  for (var p = 0u; p < PARTS; p++) { g += edge_gradient[e * PARTS + p]; }
  let r = edges[e].distance;
  let u = edges[e].direction;
  let across = g.xyz - dot(g.xyz, u) * u;
  edge_forces[e] = vec4f(select(g.w * u + across / max(r, 1e-20), vec3f(0.0), r == 0.0), 0.0);
}
