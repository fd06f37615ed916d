// Gradient of the spatial extent (extent_total.wgsl). SPEC tmdnet 8.3.
//
//   ge = weight |pos − c|²,  explicit force −(2 weight e (pos − c) − m/M Σ 2 weight e (pos − c))
//
//   seed [atoms, 4]                        gradient at atomwise, lane 0
//   vector_gradient [atoms, VECTOR_STRIDE] cleared: this head does not look at vectors
//   outputs [atoms]                        xyz the explicit force, w 0
//
// One invocation per atom.

import package::common::index::flat_index;
import package::common::system::System;
import package::et::heads::totals::Totals;
import constants::{WORKGROUP, WIDTH4, VECTOR_STRIDE4, VECTOR_BASE4};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> weights: array<vec2f>;
@group(0) @binding(2) var<storage, read> atomwise: array<vec4f>;
@group(0) @binding(3) var<storage, read> totals: array<Totals>;
@group(0) @binding(4) var<storage, read> positions: array<vec4f>;
@group(0) @binding(5) var<storage, read> molecules: array<u32>;
@group(0) @binding(6) var<storage, read_write> seed: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> vector_gradient: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> outputs: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms { return; }
  let total = totals[molecules[i]];
  let d = positions[i].xyz - total.centre.xyz;
  let weight = weights[i].x;
  seed[i] = vec4f(weight * dot(d, d), 0.0, 0.0, 0.0);
  let row = i * VECTOR_STRIDE4 + VECTOR_BASE4;
  for (var c = 0u; c < 3u * WIDTH4; c++) { vector_gradient[row + c] = vec4f(0.0); }
  outputs[i] = vec4f(weights[i].y / total.centre.w * total.slope.xyz - 2.0 * weight * atomwise[i].x * d, 0.0);
}
