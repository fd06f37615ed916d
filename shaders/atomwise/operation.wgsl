// What concerns each atom alone (products with weights, norms, gates, updates) is a list of operations that one
// workgroup carries out for its atoms, one after the other. src/models/layers/atomwise.ts writes such lists, and the
// few lines of WGSL that call the operations in their order: what decides which code runs (flags, rooms) stands there as
// literals and folds away; sizes and places are read from `operations`, so that layers share their kernels.

import package::common::system::System;
import constants::OPERATIONS;

/// One operation. Operands are rows of vec4s of an atom in one of four rooms.
struct Operation {
  /// rows per atom: 1 for scalars, 3 for the xyz components of vectors, 2l + 1 for those of an irrep
  parts: u32,
  /// widths in vec4s, as the operation has them
  inputs4: u32,
  outputs4: u32,
  /// of the five below
  flags: u32,
  activation: u32,
  /// first vec4 of the matrix, or of a norm's factors, in `weights`
  weights: u32,
  /// first vec4 of the bias, or NONE
  bias: u32,
  /// of outputs4, those that are no padding, where the operation asks
  channels: u32,
  /// x: room, y: first vec4, z: vec4s from atom to atom, w: from part to part
  rows: array<vec4u, 6>,
}

const ACTIVATE = 1u;
const DERIVATIVE = 2u;
const ADD = 4u;
const CENTRE = 8u;
const PLUS = 16u;
const NONE = 0xffffffffu;

@group(0) @binding(0) var<uniform> system: System;
@if(!LIST) @group(0) @binding(1) var<storage, read> operations: array<Operation>;
/// A list waits for every operation's sizes once more; GPUs keep uniforms nearer.
@if(LIST) @group(0) @binding(1) var<uniform> operations: array<Operation, OPERATIONS>;
@group(0) @binding(2) var<storage, read> weights: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> room0: array<vec4f>;
@if(ROOM1) @group(0) @binding(4) var<storage, read_write> room1: array<vec4f>;
@if(ROOM2) @group(0) @binding(5) var<storage, read_write> room2: array<vec4f>;
@if(ROOM3) @group(0) @binding(6) var<storage, read_write> room3: array<vec4f>;

/// The atoms of a workgroup: `count` from `first` on; and the lane of it that asks.
struct Share {
  first: u32,
  count: u32,
  lane: u32,
}

/// Whether a flag is set.
fn has(op: Operation, flag: u32) -> bool { return (op.flags & flag) != 0u; }

/// Index of a row's first vec4 in its room.
fn row_at(rows: vec4u, atom: u32, part: u32) -> u32 { return rows.y + atom * rows.z + part * rows.w; }

fn load(room: u32, at: u32) -> vec4f {
  @if(ROOM1) { if room == 1u { return room1[at]; } }
  @if(ROOM2) { if room == 2u { return room2[at]; } }
  @if(ROOM3) { if room == 3u { return room3[at]; } }
  return room0[at];
}

fn put(room: u32, at: u32, value: vec4f) {
  @if(ROOM1) { if room == 1u { room1[at] = value; return; } }
  @if(ROOM2) { if room == 2u { room2[at] = value; return; } }
  @if(ROOM3) { if room == 3u { room3[at] = value; return; } }
  room0[at] = value;
}

/// Four channels of an operand.
fn pick(rows: vec4u, atom: u32, part: u32, column: u32) -> vec4f {
  return load(rows.x, row_at(rows, atom, part) + column);
}

/// Four channels of three rows, for xyz. To be read before anything is written: compilers must not move a load ahead of a
/// store that may go to the same place, and loads that follow each other wait for each other.
fn pick_xyz(rows: vec4u, atom: u32, part: u32, column: u32) -> mat3x4f {
  let at = row_at(rows, atom, part) + column;
  return mat3x4f(load(rows.x, at), load(rows.x, at + rows.w), load(rows.x, at + 2u * rows.w));
}

fn place_xyz(rows: vec4u, atom: u32, part: u32, column: u32, values: mat3x4f) {
  let at = row_at(rows, atom, part) + column;
  put(rows.x, at, values[0]);
  put(rows.x, at + rows.w, values[1]);
  put(rows.x, at + 2u * rows.w, values[2]);
}

/// Sums over xyz, and values for each of xyz, channel by channel.
fn dot_xyz(a: mat3x4f, b: mat3x4f) -> vec4f { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
fn times_xyz(a: mat3x4f, b: vec4f) -> mat3x4f { return mat3x4f(a[0] * b, a[1] * b, a[2] * b); }

fn place(rows: vec4u, atom: u32, part: u32, column: u32, value: vec4f) {
  put(rows.x, row_at(rows, atom, part) + column, value);
}
