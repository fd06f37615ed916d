// A gate on edges, and which part of it a lane has. src/models/equiformer/attention-program.ts writes the pieces.
//
//   pieces                     one for every block of what the gate returns, by workgroup_id.z
//   ungated [edges, UNGATED4]  what the gate is given
//
// One invocation per four channels of a block and edge.

import package::common::index::flat_index;
import package::common::system::System;
import constants::{WORKGROUP, UNGATED4, GATED4};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> row_starts: array<u32>;
@group(0) @binding(2) var<storage, read> pieces: array<Piece>;
@group(0) @binding(3) var<storage, read> ungated: array<vec4f>;

struct Piece {
  /// components
  parts: u32,
  /// vec4s of a component
  width4: u32,
  /// first vec4 of the block in a row of the result
  gated: u32,
  /// the same in a row of what is given
  ungated: u32,
  /// vec4s from component to component there
  step4: u32,
  /// first vec4 of its gates there, or NONE for scalars
  gates: u32,
}

const NONE = 0xffffffffu;

/// Where a lane's channels are.
struct Spot {
  /// false for lanes past the end
  busy: bool,
  scalars: bool,
  parts: u32,
  /// first component in the result, and vec4s to the next one
  gated: u32,
  width4: u32,
  /// the same in what is given
  ungated: u32,
  step4: u32,
  /// of what is given
  gates: u32,
}

fn spot_of(id: vec3u, group: vec3u, groups: vec3u) -> Spot {
  let lane = flat_index(id, groups, WORKGROUP);
  let piece = pieces[group.z];
  let e = lane / piece.width4;
  let c = lane % piece.width4;
  let row = e * UNGATED4;
  return Spot(
    e < row_starts[system.atoms],
    piece.gates == NONE,
    piece.parts,
    e * GATED4 + piece.gated + c,
    piece.width4,
    row + piece.ungated + c,
    piece.step4,
    row + piece.gates + c,
  );
}
