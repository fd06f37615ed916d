// c = a b, square matrices of SIZE rows, row-major. One invocation computes 8 rows × 4 columns straight from memory, without
// barriers, for which software adapters pay dearly.
//
//   a, b, c   [SIZE, SIZE / 4] vec4f

import constants::SIZE;

@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;

const WIDTH4 = SIZE / 4u;
const ROWS = 8u;

fn term(x: vec4f, b0: vec4f, b1: vec4f, b2: vec4f, b3: vec4f) -> vec4f {
  return x.x * b0 + x.y * b1 + x.z * b2 + x.w * b3;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x % WIDTH4;
  let row = id.x / WIDTH4 * ROWS;
  var c0 = vec4f(0.0);
  var c1 = vec4f(0.0);
  var c2 = vec4f(0.0);
  var c3 = vec4f(0.0);
  var c4 = vec4f(0.0);
  var c5 = vec4f(0.0);
  var c6 = vec4f(0.0);
  var c7 = vec4f(0.0);
  for (var k = 0u; k < WIDTH4; k++) {
    let at = k * SIZE + column;
    let b0 = b[at];
    let b1 = b[at + WIDTH4];
    let b2 = b[at + 2u * WIDTH4];
    let b3 = b[at + 3u * WIDTH4];
    let x = row * WIDTH4 + k;
    c0 += term(a[x], b0, b1, b2, b3);
    c1 += term(a[x + WIDTH4], b0, b1, b2, b3);
    c2 += term(a[x + 2u * WIDTH4], b0, b1, b2, b3);
    c3 += term(a[x + 3u * WIDTH4], b0, b1, b2, b3);
    c4 += term(a[x + 4u * WIDTH4], b0, b1, b2, b3);
    c5 += term(a[x + 5u * WIDTH4], b0, b1, b2, b3);
    c6 += term(a[x + 6u * WIDTH4], b0, b1, b2, b3);
    c7 += term(a[x + 7u * WIDTH4], b0, b1, b2, b3);
  }
  let out = row * WIDTH4 + column;
  c[out] = c0;
  c[out + WIDTH4] = c1;
  c[out + 2u * WIDTH4] = c2;
  c[out + 3u * WIDTH4] = c3;
  c[out + 4u * WIDTH4] = c4;
  c[out + 5u * WIDTH4] = c5;
  c[out + 6u * WIDTH4] = c6;
  c[out + 7u * WIDTH4] = c7;
}
