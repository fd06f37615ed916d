// A block of what a gate returns, as src/models/equiformer/edge-gate.ts writes it.

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
