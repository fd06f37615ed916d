/** The gate of messages on edges, as its kernels are told of it. */
import type { GateRows } from '../layers/gate-rows.ts'

/** Words of Piece in shaders/equiformer/gate_piece.wgsl. */
export const PIECE_WORDS = 6
const NONE = 0xffffffff

/** What shaders/equiformer/gate.wgsl and its adjoint do to each block of the gate's output. */
export function gatePieces({ scalars, gated }: GateRows): Uint32Array {
  const words = [
    ...scalars.map(({ input, output }) => ({ input, output, gates: NONE })),
    ...gated.map(({ input, output, gates }) => ({ input, output, gates: gates.offset / 4 })),
  ].flatMap(({ input, output, gates }) => [
    ...[output.parts, output.width / 4, output.offset / 4],
    ...[input.offset / 4, input.width / 4, gates],
  ])
  return Uint32Array.from(words)
}
