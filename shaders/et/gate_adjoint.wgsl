// Adjoint of gate.wgsl. SPEC tmdnet 9: gt = [gx' act'(t[0]) | Σ_xyz gV' B],  gB = gV' t[1].
//
//   gradient [atoms, 4, WIDTH]                gx', gV'
//   mixed, projected                          as in gate.wgsl
//   mixed_gradient [atoms, 2, WIDTH]
//   projected_gradient [atoms, 3, PROJECTED]  the last WIDTH of each row are written
//
// One invocation per atom and four channels.

import package::common::activation::activate_derivative;
import package::common::index::flat_index;
import package::common::system::System;
import constants::{WORKGROUP, WIDTH4, PROJECTED4, ACTIVATION};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read> mixed: array<vec4f>;
@group(0) @binding(3) var<storage, read> projected: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> mixed_gradient: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> projected_gradient: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = flat_index(id, groups, WORKGROUP);
  let i = index / WIDTH4;
  let c = index % WIDTH4;
  if i >= system.atoms { return; }
  let row = i * 4u * WIDTH4 + c;
  let t = i * 2u * WIDTH4 + c;
  let gate = mixed[t + WIDTH4];
  var gx = gradient[row];
  @if(SCALAR_ACTIVATION) { gx *= activate_derivative(ACTIVATION, mixed[t]); }
  var gate_gradient = vec4f(0.0);
  for (var k = 0u; k < 3u; k++) {
    let b = (i * 3u + k) * PROJECTED4 + PROJECTED4 - WIDTH4 + c;
    let gv = gradient[row + (k + 1u) * WIDTH4];
    gate_gradient += gv * projected[b];
    projected_gradient[b] = gv * gate;
  }
  mixed_gradient[t] = gx;
  mixed_gradient[t + WIDTH4] = gate_gradient;
}
