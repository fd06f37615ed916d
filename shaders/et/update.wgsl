// New features of an atom after attention. SPEC tmdnet 7.2.
//
//   x' = x + dot ⊙ o2 + o3,  dot = Σ_xyz P1 ⊙ P2;    V' = V + P3 ⊙ o1 + Y
//
//   state, next_state [atoms, 4, CHANNELS]   row 0 x, rows 1–3 V
//   projected [atoms, 3, 3, CHANNELS]        per component: P1 | P2 | P3
//   aggregate [atoms, 4, CHANNELS]           rows 1–3 Y
//   output [atoms, 3, CHANNELS]              o1 | o2 | o3
//
// One invocation per atom and four channels.

import package::common::index::flat_index;
import package::common::padding::WIDTH4;
import package::common::system::System;
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> state: array<vec4f>;
@group(0) @binding(2) var<storage, read> projected: array<vec4f>;
@group(0) @binding(3) var<storage, read> aggregate: array<vec4f>;
@group(0) @binding(4) var<storage, read> output: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> next_state: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = flat_index(id, groups, WORKGROUP);
  let i = index / WIDTH4;
  let c = index % WIDTH4;
  if i >= system.atoms { return; }
  let row = i * 4u * WIDTH4 + c;
  let o = i * 3u * WIDTH4 + c;
  let o1 = output[o];

  var product = vec4f(0.0);
  for (var k = 0u; k < 3u; k++) {
    let p = (i * 3u + k) * 3u * WIDTH4 + c;
    let v = row + (k + 1u) * WIDTH4;
    product += projected[p] * projected[p + WIDTH4];
    next_state[v] = state[v] + projected[p + 2u * WIDTH4] * o1 + aggregate[v];
  }
  next_state[row] = state[row] + product * output[o + WIDTH4] + output[o + 2u * WIDTH4];
}
