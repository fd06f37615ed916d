// Output of a gated block: scalars and gated vectors. SPEC tmdnet 8.1.
//
//   x' = [act](t[0]),  V' = t[1] ⊙ B
//
//   mixed [atoms, 2, WIDTH]            t: scalars | gate
//   projected [atoms, 3, PROJECTED]    B = W_2 V in the last WIDTH of each row
//   state [atoms, 4, WIDTH]            row 0 x', rows 1–3 V'
//
// One invocation per atom and four channels.

import package::common::activation::activate;
import package::common::index::flat_index;
import package::common::system::System;
import constants::{WORKGROUP, WIDTH4, PROJECTED4, ACTIVATION};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> mixed: array<vec4f>;
@group(0) @binding(2) var<storage, read> projected: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> state: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = flat_index(id, groups, WORKGROUP);
  let i = index / WIDTH4;
  let c = index % WIDTH4;
  if i >= system.atoms { return; }
  var x = mixed[i * 2u * WIDTH4 + c];
  @if(SCALAR_ACTIVATION) { x = activate(ACTIVATION, x); }
  let gate = mixed[i * 2u * WIDTH4 + WIDTH4 + c];
  let row = i * 4u * WIDTH4 + c;
  state[row] = x;
  for (var k = 0u; k < 3u; k++) {
    let b = (i * 3u + k) * PROJECTED4 + PROJECTED4 - WIDTH4 + c;
    state[row + (k + 1u) * WIDTH4] = gate * projected[b];
  }
}
