// c = a b, square matrices of SIZE rows, row-major. A workgroup of 16 × 16 computes 64·ROWS / 4 rows × 64 columns by way of
// tiles in workgroup memory; an invocation has ROWS rows × 4 columns in registers.
//
//   a, b, c   [SIZE, SIZE / 4] vec4f

import constants::{SIZE, ROWS};

@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;

const WIDTH4 = SIZE / 4u;
const DEPTH = 16u;
const DEPTH4 = DEPTH / 4u;
const TILE_ROWS = 16u * ROWS;

var<workgroup> tile_a: array<vec4f, TILE_ROWS * DEPTH4>;
var<workgroup> tile_b: array<vec4f, DEPTH * 16u>;

@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let lane = local.y * 16u + local.x;
  let row = group.y * TILE_ROWS;
  let column = group.x * 16u;
  var sums: array<vec4f, ROWS>;
  for (var step = 0u; step < SIZE; step += DEPTH) {
    for (var i = lane; i < TILE_ROWS * DEPTH4; i += 256u) {
      tile_a[i] = a[(row + i / DEPTH4) * WIDTH4 + step / 4u + i % DEPTH4];
    }
    tile_b[lane] = b[(step + local.y) * WIDTH4 + column + local.x];
    workgroupBarrier();
    for (var k = 0u; k < DEPTH4; k++) {
      let b0 = tile_b[k * 64u + local.x];
      let b1 = tile_b[k * 64u + 16u + local.x];
      let b2 = tile_b[k * 64u + 32u + local.x];
      let b3 = tile_b[k * 64u + 48u + local.x];
      for (var r = 0u; r < ROWS; r++) {
        let x = tile_a[(local.y * ROWS + r) * DEPTH4 + k];
        sums[r] += x.x * b0 + x.y * b1 + x.z * b2 + x.w * b3;
      }
    }
    workgroupBarrier();
  }
  for (var r = 0u; r < ROWS; r++) {
    c[(row + local.y * ROWS + r) * WIDTH4 + column + local.x] = sums[r];
  }
}
