// The frame of every edge, whose y axis is the edge's direction u, as Wigner D matrices, and the edge that goes the other
// way. Equiformer SPEC 3 and TENSOR_PRODUCTS 2.1; src/reference/irreps/edge-frame.ts.
//
//   u = (sin α sin β, cos β, cos α sin β):   R = R_y(α) R_x(β),   D(R) = Y(α) K Y(β) Kᵀ
//
// K takes the y axis to the x axis, and Y(θ), a turn about y, mixes components m and −m only. No angle is ever computed but its
// sine and cosine, and no direction is special: at u = ±y, α is 0, and whatever is computed in the frame does not depend on it.
//
//   axes     K of degrees 1 … DEGREES, row-major, one after the other
//   frames   [edges, FRAME]  D of degrees 1 … DEGREES, row-major, one after the other
//   reverse  [edges]         the edge from receiver to source; of an atom's edge to itself, that edge
//
// One invocation per edge.

import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::edge::Edge;
import constants::{WORKGROUP, DEGREES, FRAME};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> edges: array<Edge>;
@group(0) @binding(2) var<storage, read> row_starts: array<u32>;
@group(0) @binding(3) var<storage, read> axes: array<f32>;
@group(0) @binding(4) var<storage, read_write> frames: array<f32>;
@group(0) @binding(5) var<storage, read_write> reverse: array<u32>;

/// Nearer to the poles than this, squares are no longer normal numbers, and α counts as 0.
const NEAREST = 1e-18;

/// (cos, sin) of multiples of an angle.
fn multiple(turn: vec2f, m: i32) -> vec2f {
  var power = vec2f(1.0, 0.0);
  for (var k = 0; k < abs(m); k++) {
    power = vec2f(power.x * turn.x - power.y * turn.y, power.x * turn.y + power.y * turn.x);
  }
  return vec2f(power.x, select(power.y, -power.y, m < 0));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let e = flat_index(id, groups, WORKGROUP);
  if e >= row_starts[system.atoms] { return; }
  let edge = edges[e];
  let u = edge.direction;
  let sine = length(u.xz);
  let around = select(vec2f(1.0, 0.0), u.zx / max(sine, NEAREST), sine > NEAREST);
  let away = vec2f(u.y, sine);

  var first = 0u;
  for (var l = 1; l <= i32(DEGREES); l++) {
    let width = u32(2 * l + 1);
    for (var m = -l; m <= l; m++) {
      let alpha = multiple(around, m);
      for (var n = -l; n <= l; n++) {
        // Rows m and −m of K Y(β) Kᵀ, which Y(α) mixes.
        var same = 0.0;
        var other = 0.0;
        for (var k = -l; k <= l; k++) {
          let beta = multiple(away, k);
          let column = first + u32(n + l) * width;
          let turned = beta.x * axes[column + u32(k + l)] - beta.y * axes[column + u32(l - k)];
          same += axes[first + u32(m + l) * width + u32(k + l)] * turned;
          other += axes[first + u32(l - m) * width + u32(k + l)] * turned;
        }
        frames[e * FRAME + first + u32(m + l) * width + u32(n + l)] = alpha.x * same - alpha.y * other;
      }
    }
    first += width * width;
  }

  reverse[e] = e;
  for (var k = row_starts[edge.source]; k < row_starts[edge.source + 1u]; k++) {
    let candidate = edges[k];
    let back = candidate.source == edge.receiver && candidate.distance == edge.distance;
    if back && all(candidate.direction == -edge.direction) { reverse[e] = k; }
  }
}
