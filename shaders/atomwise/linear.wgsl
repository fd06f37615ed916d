// y = [y + | z +] x W + b, optionally followed by an activation or multiplied by one's derivative.
//
//   0 x [parts, inputs]    1 y [parts, outputs]
//   2 saved, rows as y     ACTIVATE: receives x W + b before the activation
//                          DERIVATIVE: that tensor; y is multiplied by act'(saved)
//   2 z [parts, outputs]   PLUS: is added, as y itself is with ADD; not with the other two
//   weights [4·inputs4, 4·outputs4]   row-major, zero-padded;   bias [4·outputs4]
//
// A lane computes tiles of 4 rows × 4 columns straight from memory: the tile re-uses every loaded value four times, and
// neighbouring lanes share x by broadcast and read W contiguously.

import package::atomwise::operation::{ACTIVATE, ADD, DERIVATIVE, NONE, Operation, PLUS, Share, has, pick, load, row_at, place, weights};
import package::common::activation::{activate, activate_derivative};
import constants::WORKGROUP;

/// Four rows of x, each from its own place, times four columns of W. `room` is a literal: the choice folds away.
fn product(room: u32, x: vec4u, w: u32, inputs4: u32, outputs4: u32) -> mat4x4f {
  var y0 = vec4f(0.0);
  var y1 = vec4f(0.0);
  var y2 = vec4f(0.0);
  var y3 = vec4f(0.0);
  for (var k = 0u; k < inputs4; k++) {
    let at = w + k * 4u * outputs4;
    let w0 = weights[at];
    let w1 = weights[at + outputs4];
    let w2 = weights[at + 2u * outputs4];
    let w3 = weights[at + 3u * outputs4];
    let a = load(room, x.x + k);
    let b = load(room, x.y + k);
    let c = load(room, x.z + k);
    let d = load(room, x.w + k);
    y0 += a.x * w0 + a.y * w1 + a.z * w2 + a.w * w3;
    y1 += b.x * w0 + b.y * w1 + b.z * w2 + b.w * w3;
    y2 += c.x * w0 + c.y * w1 + c.z * w2 + c.w * w3;
    y3 += d.x * w0 + d.y * w1 + d.z * w2 + d.w * w3;
  }
  return mat4x4f(y0, y1, y2, y3);
}

fn linear(op: Operation, share: Share) {
  let rows = share.count * op.parts;
  let tiles = (rows + 3u) / 4u * op.outputs4;
  let x = op.rows[0];
  for (var tile = share.lane; tile < tiles; tile += WORKGROUP) {
    let column = tile % op.outputs4;
    let row = (tile / op.outputs4) * 4u;
    // Rows past the end repeat the last one; their results are dropped.
    let four = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(rows - 1u));
    let atoms = share.first + four / op.parts;
    let parts = four % op.parts;
    let at = x.y + atoms * x.z + parts * x.w;
    let w = op.weights + column;
    let y = product(x.x, at, w, op.inputs4, op.outputs4);
    for (var r = 0u; r < min(4u, rows - row); r++) { finish(op, atoms[r], parts[r], column, y[r]); }
  }
}

fn finish(op: Operation, atom: u32, part: u32, column: u32, product: vec4f) {
  var value = product;
  if op.bias != NONE { value += weights[op.bias + column]; }
  if has(op, ACTIVATE) {
    place(op.rows[2], atom, part, column, value);
    value = activate(op.activation, value);
  }
  if has(op, DERIVATIVE) {
    value *= activate_derivative(op.activation, pick(op.rows[2], atom, part, column));
  }
  if has(op, ADD) { value += pick(op.rows[1], atom, part, column); }
  if has(op, PLUS) { value += pick(op.rows[2], atom, part, column); }
  place(op.rows[1], atom, part, column, value);
}
