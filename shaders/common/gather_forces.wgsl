// Forces on atoms from the gradients toward direction u and distance r of their edges. SPEC tmdnet 9.
//
//   f_e = dE/d(r u) = gr u + (gu − (gu·u) u)/r,   0 for an atom's edge to itself
//   F_i = Σ_{e into i} (f_e − f_reverse(e)):  an edge pulls its source with f and its receiver with −f
//
//   edge_gradient [edges, PARTS]   xyz gu, w gr, to be summed over PARTS
//   outputs [atoms]                w: energy share, kept;  xyz: the force is added to what is there
//   virial [atoms, 3]              Σ_{e into i} (r u) ⊗ f_e, rows xyz in eV: summed over atoms, dE/dstrain
//
// One invocation per atom. The force of an edge is computed by both of its atoms and never stored.

import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::edge::Edge;
import constants::{WORKGROUP, PARTS};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> edges: array<Edge>;
@group(0) @binding(2) var<storage, read> row_starts: array<u32>;
@group(0) @binding(3) var<storage, read> edge_gradient: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> outputs: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> virial: array<vec4f>;

/// dE/d(r u) of edge e, in eV/Å.
fn edge_force(e: u32, u: vec3f, r: f32) -> vec3f {
  var g = vec4f(0.0);
  for (var p = 0u; p < PARTS; p++) { g += edge_gradient[e * PARTS + p]; }
  let across = g.xyz - dot(g.xyz, u) * u;
  return select(g.w * u + across / max(r, 1e-20), vec3f(0.0), r == 0.0);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms { return; }
  var force = vec3f(0.0);
  var v0 = vec3f(0.0);
  var v1 = vec3f(0.0);
  var v2 = vec3f(0.0);
  for (var e = row_starts[i]; e < row_starts[i + 1u]; e++) {
    let edge = edges[e];
    let f = edge_force(e, edge.direction, edge.distance);
    force += f - edge_force(edge.reverse, -edge.direction, edge.distance);
    let d = edge.direction * edge.distance;
    v0 += d.x * f;
    v1 += d.y * f;
    v2 += d.z * f;
  }
  outputs[i] += vec4f(force, 0.0);
  virial[i * 3u] = vec4f(v0, 0.0);
  virial[i * 3u + 1u] = vec4f(v1, 0.0);
  virial[i * 3u + 2u] = vec4f(v2, 0.0);
}
