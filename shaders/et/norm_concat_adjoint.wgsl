// Adjoint of norm_concat.wgsl. SPEC tmdnet 9: g(W_1 V) = (W_1 V)/n · gn, and 0 where n is 0.
//
//   feature_gradient [atoms, 2, WIDTH]        [gx | gn]
//   projected [atoms, 3, PROJECTED]           W_1 V in the first WIDTH of each row
//   projected_gradient [atoms, 3, PROJECTED]  the first WIDTH of each row are written
//   gradient [atoms, OUT_STRIDE]              the first WIDTH of each row become gx
//
// One invocation per atom and four channels.

import package::common::index::flat_index;
import package::common::system::System;
import constants::{WORKGROUP, WIDTH4, OUT_STRIDE4, PROJECTED4};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> feature_gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read> projected: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> projected_gradient: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> gradient: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = flat_index(id, groups, WORKGROUP);
  let i = index / WIDTH4;
  let c = index % WIDTH4;
  if i >= system.atoms { return; }
  let row = i * 3u * PROJECTED4 + c;
  let v0 = projected[row];
  let v1 = projected[row + PROJECTED4];
  let v2 = projected[row + 2u * PROJECTED4];
  let squares = v0 * v0 + v1 * v1 + v2 * v2;
  let gn = feature_gradient[i * 2u * WIDTH4 + WIDTH4 + c];
  let ratio = select(vec4f(0.0), gn * inverseSqrt(max(squares, vec4f(1e-37))), squares > vec4f(1e-37));
  projected_gradient[row] = v0 * ratio;
  projected_gradient[row + PROJECTED4] = v1 * ratio;
  projected_gradient[row + 2u * PROJECTED4] = v2 * ratio;
  gradient[i * OUT_STRIDE4 + c] = feature_gradient[i * 2u * WIDTH4 + c];
}
