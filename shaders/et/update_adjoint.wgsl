// Adjoint of update.wgsl. SPEC tmdnet 9.
//
//   go1 = Σ_xyz gV' P3,  go2 = gx' dot,  go3 = gx'
//   gdot = gx' o2;  gP1 = gdot P2,  gP2 = gdot P1,  gP3 = gV' o1;   gY = gV'
//
//   gradient [atoms, 9, CHANNELS]              rows 0–3: gx', gV' at the layer's output
//   projected, output                          as in update.wgsl
//   output_gradient [atoms, 3, CHANNELS]       go1 | go2 | go3
//   projected_gradient [atoms, 3, 3, CHANNELS]
//   aggregate_gradient [atoms, 4, CHANNELS]    rows 1–3 gY (row 0, gX, comes from the output projection)
//
// One invocation per atom and four channels.

import package::common::index::flat_index;
import package::common::padding::WIDTH4;
import package::common::system::System;
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read> projected: array<vec4f>;
@group(0) @binding(3) var<storage, read> output: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> output_gradient: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> projected_gradient: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> aggregate_gradient: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = flat_index(id, groups, WORKGROUP);
  let i = index / WIDTH4;
  let c = index % WIDTH4;
  if i >= system.atoms { return; }
  let row = i * 4u * WIDTH4 + c;
  let gradient_row = i * 9u * WIDTH4 + c;
  let o = i * 3u * WIDTH4 + c;
  let gx = gradient[gradient_row];
  let o1 = output[o];
  let product_gradient = gx * output[o + WIDTH4];

  var go1 = vec4f(0.0);
  var product = vec4f(0.0);
  for (var k = 0u; k < 3u; k++) {
    let p = (i * 3u + k) * 3u * WIDTH4 + c;
    let v = row + (k + 1u) * WIDTH4;
    let gv = gradient[gradient_row + (k + 1u) * WIDTH4];
    let p1 = projected[p];
    let p2 = projected[p + WIDTH4];
    product += p1 * p2;
    go1 += gv * projected[p + 2u * WIDTH4];
    projected_gradient[p] = product_gradient * p2;
    projected_gradient[p + WIDTH4] = product_gradient * p1;
    projected_gradient[p + 2u * WIDTH4] = gv * o1;
    aggregate_gradient[v] = gv;
  }
  output_gradient[o] = go1;
  output_gradient[o + WIDTH4] = gx * product;
  output_gradient[o + 2u * WIDTH4] = gx;
}
