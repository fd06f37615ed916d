// Forces on atoms: an edge j → i pulls its source with dE/d(pos_j − pos_i) and its receiver with the opposite.
//
//   F_i = Σ_{e into i} (f_e − f_reverse(e)),  f = edge_forces
//
//   outputs [atoms]      w: energy share, kept;  xyz: the force is added to what is there
//   virial [atoms, 3]    Σ_{e into i} (r u) ⊗ f_e, rows xyz in eV: summed over atoms, dE/dstrain
//
// One invocation per atom.

import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::edge::Edge;
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> edges: array<Edge>;
@group(0) @binding(2) var<storage, read> row_starts: array<u32>;
@group(0) @binding(3) var<storage, read> edge_forces: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> outputs: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> virial: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms { return; }
  var force = vec3f(0.0);
  var v0 = vec3f(0.0);
  var v1 = vec3f(0.0);
  var v2 = vec3f(0.0);
  for (var e = row_starts[i]; e < row_starts[i + 1u]; e++) {
    let f = edge_forces[e].xyz;
    force += f - edge_forces[edges[e].reverse].xyz;
    let d = edges[e].direction * edges[e].distance;
    v0 += d.x * f;
    v1 += d.y * f;
    v2 += d.z * f;
  }
  outputs[i] += vec4f(force, 0.0);
  virial[i * 3u] = vec4f(v0, 0.0);
  virial[i * 3u + 1u] = vec4f(v1, 0.0);
  virial[i * 3u + 2u] = vec4f(v2, 0.0);
}
