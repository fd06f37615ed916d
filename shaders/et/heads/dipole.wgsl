// Gradient of |p| (dipole_total.wgsl), n = p/|p|. SPEC tmdnet 8.3.
//
//   ge = weight n·(pos − c),  gw = weight n,  explicit force −(weight e n − m/M n Σ weight e)
//
//   seed [atoms, 4, 4]   gradient at atomwise
//   outputs [atoms]      xyz the explicit force, w 0
//
// One invocation per atom.

import package::common::index::flat_index;
import package::common::system::System;
import package::et::heads::totals::Totals;
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> weights: array<vec2f>;
@group(0) @binding(2) var<storage, read> atomwise: array<vec4f>;
@group(0) @binding(3) var<storage, read> totals: array<Totals>;
@group(0) @binding(4) var<storage, read> positions: array<vec4f>;
@group(0) @binding(5) var<storage, read> molecules: array<u32>;
@group(0) @binding(6) var<storage, read_write> seed: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> outputs: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms { return; }
  let total = totals[molecules[i]];
  let n = total.slope.xyz;
  let weight = weights[i].x;
  seed[i * 4u] = vec4f(weight * dot(n, positions[i].xyz - total.centre.xyz), 0.0, 0.0, 0.0);
  seed[i * 4u + 1u] = vec4f(weight * n.x, 0.0, 0.0, 0.0);
  seed[i * 4u + 2u] = vec4f(weight * n.y, 0.0, 0.0, 0.0);
  seed[i * 4u + 3u] = vec4f(weight * n.z, 0.0, 0.0, 0.0);
  let share = weights[i].y / total.centre.w * total.slope.w - weight * atomwise[i * 4u].x;
  outputs[i] = vec4f(share * n, 0.0);
}
