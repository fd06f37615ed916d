// Input of a gated block's network: scalars beside the norms of projected vectors. SPEC tmdnet 8.1.
//
//   features = [x | n],  n = |W_1 V| over xyz per channel
//
//   scalars [atoms, IN_STRIDE]         the first WIDTH of each row
//   projected [atoms, 3, PROJECTED]    W_1 V in the first WIDTH of each row
//   features [atoms, 2, WIDTH]
//
// One invocation per atom and four channels.

import package::common::index::flat_index;
import package::common::system::System;
import constants::{WORKGROUP, WIDTH4, IN_STRIDE4, PROJECTED4};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> scalars: array<vec4f>;
@group(0) @binding(2) var<storage, read> projected: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> features: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = flat_index(id, groups, WORKGROUP);
  let i = index / WIDTH4;
  let c = index % WIDTH4;
  if i >= system.atoms { return; }
  var squares = vec4f(0.0);
  for (var k = 0u; k < 3u; k++) {
    let v = projected[(i * 3u + k) * PROJECTED4 + c];
    squares += v * v;
  }
  features[i * 2u * WIDTH4 + c] = scalars[i * IN_STRIDE4 + c];
  features[i * 2u * WIDTH4 + WIDTH4 + c] = sqrt(squares);
}
