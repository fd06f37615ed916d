// Adjoint of layer_norm.wgsl toward its input, and the gradient's way around it.
//
//   h = (x − mean) r,  r = 1/sqrt(var + 1e-5),  g = gy · weight:   gx = r (g − mean(g) − h mean(g h)). SPEC tmdnet 9.
//
//   x        [atoms, IN_STRIDE]   what layer_norm.wgsl read
//   weight   [CHANNELS]
//   gy       [atoms, GY_STRIDE]   gradient at the norm's output
//   gradient [atoms, OUT_STRIDE]  the first CHANNELS: RESIDUAL adds gx to them, otherwise they become gx
//
// One invocation per atom.

import package::common::index::flat_index;
import package::common::padding::{WIDTH4, TRUE_WIDTH, present};
import package::common::system::System;
import constants::{WORKGROUP, IN_STRIDE4, GY_STRIDE4, OUT_STRIDE4};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read> gy: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> gradient: array<vec4f>;

fn total(v: vec4f) -> f32 {
  return v.x + v.y + v.z + v.w;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let atom = flat_index(id, groups, WORKGROUP);
  if atom >= system.atoms { return; }
  let row = atom * IN_STRIDE4;
  let gy_row = atom * GY_STRIDE4;

  var sum = vec4f(0.0);
  for (var c = 0u; c < WIDTH4; c++) { sum += x[row + c]; }
  let mean = total(sum) / TRUE_WIDTH;

  var squares = vec4f(0.0);
  var g_sum = vec4f(0.0);
  var gd_sum = vec4f(0.0);
  for (var c = 0u; c < WIDTH4; c++) {
    let d = (x[row + c] - mean) * present(c);
    let g = gy[gy_row + c] * weight[c];
    squares += d * d;
    g_sum += g;
    gd_sum += g * d;
  }
  let scale = inverseSqrt(total(squares) / TRUE_WIDTH + 1e-5);
  let g_mean = total(g_sum) / TRUE_WIDTH;
  let gh_mean = total(gd_sum) * scale / TRUE_WIDTH;

  for (var c = 0u; c < WIDTH4; c++) {
    let h = (x[row + c] - mean) * scale;
    var gx = scale * (gy[gy_row + c] * weight[c] - g_mean - h * gh_mean) * present(c);
    let at = atom * OUT_STRIDE4 + c;
    @if(RESIDUAL) { gx += gradient[at]; }
    gradient[at] = gx;
  }
}
