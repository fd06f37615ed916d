// c = a b, square matrices of SIZE rows, row-major. One invocation computes 4 rows × 4 columns straight from memory, without
// barriers, for which software adapters pay dearly.
//
//   a, b, c   [SIZE, SIZE / 4] vec4f

import constants::SIZE;

@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;

const WIDTH4 = SIZE / 4u;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  let row = id.y * 4u;
  var c0 = vec4f(0.0);
  var c1 = vec4f(0.0);
  var c2 = vec4f(0.0);
  var c3 = vec4f(0.0);
  for (var k = 0u; k < WIDTH4; k++) {
    let at = k * SIZE + column;
    let b0 = b[at];
    let b1 = b[at + WIDTH4];
    let b2 = b[at + 2u * WIDTH4];
    let b3 = b[at + 3u * WIDTH4];
    let a0 = a[row * WIDTH4 + k];
    let a1 = a[(row + 1u) * WIDTH4 + k];
    let a2 = a[(row + 2u) * WIDTH4 + k];
    let a3 = a[(row + 3u) * WIDTH4 + k];
    c0 += a0.x * b0 + a0.y * b1 + a0.z * b2 + a0.w * b3;
    c1 += a1.x * b0 + a1.y * b1 + a1.z * b2 + a1.w * b3;
    c2 += a2.x * b0 + a2.y * b1 + a2.z * b2 + a2.w * b3;
    c3 += a3.x * b0 + a3.y * b1 + a3.z * b2 + a3.w * b3;
  }
  c[row * WIDTH4 + column] = c0;
  c[(row + 1u) * WIDTH4 + column] = c1;
  c[(row + 2u) * WIDTH4 + column] = c2;
  c[(row + 3u) * WIDTH4 + column] = c3;
}
