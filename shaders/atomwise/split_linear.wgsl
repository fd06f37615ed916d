// linear.wgsl for lists, whose workgroups have more lanes than a product on few atoms has tiles: lanes that would be idle
// take over a share of a tile's inputs, and what they come to is added in workgroup memory. Such a product lasts as long
// as its loads wait for each other, not as long as its arithmetic.
//
// Barriers stand outside all control flow: the sizes that decide about it are no constants.

import package::atomwise::linear::finish;
import package::atomwise::operation::{Operation, Share, load, weights};
import package::atomwise::total::terms;
import constants::{ATOMS, WORKGROUP};

/// Steps along the inputs that are loaded at once; a lane with fewer of them has nothing to gain from sharing.
const AHEAD = 4u;

/// Four inputs: of four rows of x, and the rows of W that they meet.
struct Step {
  x: mat4x4f,
  w: mat4x4f,
}

/// `room` is a literal: the choice folds away.
fn step_at(room: u32, x: vec4u, w: u32, outputs4: u32, k: u32) -> Step {
  let at = w + k * 4u * outputs4;
  return Step(
    mat4x4f(load(room, x.x + k), load(room, x.y + k), load(room, x.z + k), load(room, x.w + k)),
    mat4x4f(weights[at], weights[at + outputs4], weights[at + 2u * outputs4], weights[at + 3u * outputs4]),
  );
}

/// Every `stride`-th step from `first` on of a tile's product.
fn part_of_product(room: u32, x: vec4u, w: u32, inputs4: u32, outputs4: u32, first: u32, stride: u32) -> mat4x4f {
  var y = mat4x4f();
  var k = first;
  for (; k + 3u * stride < inputs4; k += AHEAD * stride) {
    let a = step_at(room, x, w, outputs4, k);
    let b = step_at(room, x, w, outputs4, k + stride);
    let c = step_at(room, x, w, outputs4, k + 2u * stride);
    let d = step_at(room, x, w, outputs4, k + 3u * stride);
    y += a.w * a.x;
    y += b.w * b.x;
    y += c.w * c.x;
    y += d.w * d.x;
  }
  // Three at most are left; they, too, are loaded at once, and what lies past the end counts nothing.
  if k < inputs4 {
    let last = inputs4 - 1u;
    let a = step_at(room, x, w, outputs4, k);
    let b = step_at(room, x, w, outputs4, min(k + stride, last));
    let c = step_at(room, x, w, outputs4, min(k + 2u * stride, last));
    y += a.w * a.x;
    y += b.w * (b.x * select(0.0, 1.0, k + stride < inputs4));
    y += c.w * (c.x * select(0.0, 1.0, k + 2u * stride < inputs4));
  }
  return y;
}

/// One row of each tile, added up by the lanes that are to keep it. To be called by all lanes.
fn joined(term: vec4f, lane: u32, tiles: u32, slices: u32, keep: bool) -> vec4f {
  terms[lane] = term;
  workgroupBarrier();
  var sum = vec4f(0.0);
  if keep {
    for (var slice = 0u; slice < slices; slice++) { sum += terms[slice * tiles + lane % tiles]; }
  }
  workgroupBarrier();
  return sum;
}

/// Of a tile's four rows, those that are this slice's to finish.
fn finish_rows(op: Operation, share: Share, tile: u32, slice: u32, slices: u32, y: mat4x4f) {
  let column = tile % op.outputs4;
  let first = tile / op.outputs4 * 4u;
  for (var r = 0u; r < 4u; r++) {
    let row = first + r;
    if r % slices == slice && row < share.count * op.parts {
      finish(op, share.first + row / op.parts, row % op.parts, column, y[r]);
    }
  }
}

fn split_linear(op: Operation, share: Share) {
  let rows = share.count * op.parts;
  // Of a workgroup that is full: what an atom's sums are must not depend on how many atoms are left for the last one.
  let tiles = (ATOMS * op.parts + 3u) / 4u * op.outputs4;
  let slices = max(1u, min(WORKGROUP / tiles, op.inputs4 / AHEAD));

  // Neighbouring lanes have neighbouring columns of the same slice: they read W contiguously and share x by broadcast.
  // More than one turn there is only without slices.
  let x = op.rows[0];
  var y = mat4x4f();
  for (var item = share.lane; item < tiles * slices; item += WORKGROUP) {
    let tile = item % tiles;
    let slice = item / tiles;
    let row = tile / op.outputs4 * 4u;
    if row < rows {
      // Rows past the end repeat the last one; their results are dropped.
      let four = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(rows - 1u));
      let at = x.y + (share.first + four / op.parts) * x.z + four % op.parts * x.w;
      y = part_of_product(x.x, at, op.weights + tile % op.outputs4, op.inputs4, op.outputs4, slice, slices);
      if slices == 1u { finish_rows(op, share, tile, slice, slices, y); }
    }
  }

  let slice = share.lane / tiles;
  let split = slices > 1u && slice < slices;
  let sums = mat4x4f(
    joined(y[0], share.lane, tiles, slices, split && slice == 0u),
    joined(y[1], share.lane, tiles, slices, split && slice == 1u % slices),
    joined(y[2], share.lane, tiles, slices, split && slice == 2u % slices),
    joined(y[3], share.lane, tiles, slices, split && slice == 3u % slices),
  );
  if split { finish_rows(op, share, share.lane % tiles, slice, slices, sums); }
}
