// Gradient of the sum of a vector output's components: gw = weight (1, 1, 1). SPEC tmdnet 8.3.
//
//   seed [atoms, 4, 4]   gradient at atomwise
//   outputs [atoms]      0
//
// One invocation per atom.

import package::common::index::flat_index;
import package::common::system::System;
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> weights: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> seed: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> outputs: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms { return; }
  seed[i * 4u] = vec4f(0.0);
  for (var k = 1u; k < 4u; k++) { seed[i * 4u + k] = vec4f(weights[i].x, 0.0, 0.0, 0.0); }
  outputs[i] = vec4f(0.0);
}
