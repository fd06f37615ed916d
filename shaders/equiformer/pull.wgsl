// Forces and virial out of the gradients of edges: those into an atom and their reverses pull on it. Equiformer SPEC 12.
//
//   f_i = Σ_e (g_e − g_reverse(e)),   virial: half of e ⊗ (g_e − g_reverse(e)) of each edge, as Pull of et/row.wgsl
//
//   gradients [edges]     dE/de
//   reverse [edges]       the edge that goes the other way
//   virial [atoms, 3]     xyz of row k its row k in eV, w the force's component k
//   outputs [atoms]       w: energy share, kept;  xyz: the force is added to what is there
//
// One invocation per atom.

import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::edge::Edge;
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> row_starts: array<u32>;
@group(0) @binding(2) var<storage, read> edges: array<Edge>;
@group(0) @binding(3) var<storage, read> reverse: array<u32>;
@group(0) @binding(4) var<storage, read> gradients: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> virial: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> outputs: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms { return; }
  var force = vec3f(0.0);
  var x = vec3f(0.0);
  var y = vec3f(0.0);
  var z = vec3f(0.0);
  for (var e = row_starts[i]; e < row_starts[i + 1u]; e++) {
    let f = gradients[e].xyz - gradients[reverse[e]].xyz;
    let half = 0.5 * edges[e].distance * edges[e].direction;
    force += f;
    x += half.x * f;
    y += half.y * f;
    z += half.z * f;
  }
  virial[3u * i] = vec4f(x, force.x);
  virial[3u * i + 1u] = vec4f(y, force.y);
  virial[3u * i + 2u] = vec4f(z, force.z);
  outputs[i] += vec4f(force, 0.0);
}
