// y = (x − mean(x)) / sqrt(var(x) + 1e-5) · weight + bias over the channels of one atom. SPEC tmdnet 7.
//
//   x      [atoms, IN_STRIDE]   the first CHANNELS of each row; padded slots hold 0
//   weight, bias [CHANNELS]     0 in padded slots, which therefore stay 0
//   y      [atoms, CHANNELS]
//
// One invocation per atom: two passes over the row, so that the variance is not a difference of large numbers.

import package::common::index::flat_index;
import package::common::system::System;
import package::common::padding::{WIDTH4, TRUE_WIDTH, present};
import constants::{WORKGROUP, IN_STRIDE4};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let atom = flat_index(id, groups, WORKGROUP);
  if atom >= system.atoms { return; }
  let row = atom * IN_STRIDE4;

  var sum = vec4f(0.0);
  for (var c = 0u; c < WIDTH4; c++) { sum += x[row + c]; }
  let mean = (sum.x + sum.y + sum.z + sum.w) / TRUE_WIDTH;

  var squares = vec4f(0.0);
  for (var c = 0u; c < WIDTH4; c++) {
    let d = (x[row + c] - mean) * present(c);
    squares += d * d;
  }
  let scale = inverseSqrt((squares.x + squares.y + squares.z + squares.w) / TRUE_WIDTH + 1e-5);

  for (var c = 0u; c < WIDTH4; c++) {
    y[atom * WIDTH4 + c] = (x[row + c] - mean) * scale * weight[c] + bias[c];
  }
}
