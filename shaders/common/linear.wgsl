// y = [y +] x W + b, optionally followed by an activation or multiplied by one's derivative.
//
//   x       [rows, 4·k4]      rows and columns addressed by `shape` (below), f32
//   weights [4·k4, 4·m4]      row-major, zero-padded
//   bias    [4·m4]
//   y       [rows, 4·m4]
//   saved   [rows, 4·m4]      ACTIVATE: receives x W + b before the activation
//                             DERIVATIVE: that tensor; y is multiplied by act'(saved)
//
// A "row" is one of `parts` rows of an atom (1 for scalars, 3 for the xyz components of vectors).
// One invocation computes a tile of 4 rows × 4 columns straight from memory: the tile re-uses every loaded
// value four times, neighbouring invocations share x by broadcast and read W contiguously, and there is no
// barrier, which software adapters pay for dearly.

import package::common::index::flat_index;
import package::common::system::System;
import package::common::activation::{activate, activate_derivative};
import constants::{WORKGROUP, ACTIVATION};

struct Shape {
  parts: u32,     // rows per atom
  k4: u32,        // input columns / 4
  m4: u32,        // output columns / 4
  in_atom4: u32,  // stride from atom to atom in x, / 4
  in_part4: u32,  // stride from part to part in x, / 4
  in_base4: u32,  // first column in x, / 4
  out_atom4: u32,
  out_part4: u32,
  out_base4: u32,
}

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<uniform> shape: Shape;
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage, read> weights: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>;
@if(BIAS) @group(0) @binding(5) var<storage, read> bias: array<vec4f>;
@if(ACTIVATE) @group(0) @binding(6) var<storage, read_write> saved: array<vec4f>;
@if(DERIVATIVE) @group(0) @binding(6) var<storage, read> saved: array<vec4f>;

fn in_row(row: u32) -> u32 {
  return (row / shape.parts) * shape.in_atom4 + (row % shape.parts) * shape.in_part4 + shape.in_base4;
}

fn store(row: u32, rows: u32, column: u32, product: vec4f) {
  if row >= rows { return; }
  let at = (row / shape.parts) * shape.out_atom4 + (row % shape.parts) * shape.out_part4 + shape.out_base4 + column;
  var value = product;
  @if(BIAS) value += bias[column];
  @if(ACTIVATE) {
    saved[at] = value;
    value = activate(ACTIVATION, value);
  }
  @if(DERIVATIVE) { value *= activate_derivative(ACTIVATION, saved[at]); }
  @if(ADD) { value += y[at]; }
  y[at] = value;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let tile = flat_index(id, groups, WORKGROUP);
  let rows = system.atoms * shape.parts;
  let column = tile % shape.m4;
  let row = (tile / shape.m4) * 4u;
  if row >= rows { return; }

  // Rows past the end repeat the last one; their results are dropped.
  let last = rows - 1u;
  let x0 = in_row(row);
  let x1 = in_row(min(row + 1u, last));
  let x2 = in_row(min(row + 2u, last));
  let x3 = in_row(min(row + 3u, last));

  var y0 = vec4f(0.0);
  var y1 = vec4f(0.0);
  var y2 = vec4f(0.0);
  var y3 = vec4f(0.0);
  for (var k = 0u; k < shape.k4; k++) {
    let w = k * 4u * shape.m4 + column;
    let w0 = weights[w];
    let w1 = weights[w + shape.m4];
    let w2 = weights[w + 2u * shape.m4];
    let w3 = weights[w + 3u * shape.m4];
    let a = x[x0 + k];
    let b = x[x1 + k];
    let c = x[x2 + k];
    let d = x[x3 + k];
    y0 += a.x * w0 + a.y * w1 + a.z * w2 + a.w * w3;
    y1 += b.x * w0 + b.y * w1 + b.z * w2 + b.w * w3;
    y2 += c.x * w0 + c.y * w1 + c.z * w2 + c.w * w3;
    y3 += d.x * w0 + d.y * w1 + d.z * w2 + d.w * w3;
  }
  store(row, rows, column, y0);
  store(row + 1u, rows, column, y1);
  store(row + 2u, rows, column, y2);
  store(row + 3u, rows, column, y3);
}
