/** Gates on the GPU, block by block. Equiformer SPEC section 10. */
import { type AtomFeatures, operandOf } from './atom-features.ts'
import type { GateRows } from './gate-rows.ts'
import type { ProgramBuilder } from './program-builder.ts'

/**
 * Appends y = gate(x).
 * @param x rows of `gate.input`
 * @param y rows of `gate.output`
 */
export function irrepsGate(builder: ProgramBuilder, gate: GateRows, x: AtomFeatures, y: AtomFeatures): void {
  for (const { input, output } of gate.scalars) {
    builder.operate({
      name: 'irreps activate',
      operands: [operandOf(x, input), operandOf(y, output)],
      outputs: output.width,
    })
  }
  for (const { gates, input, output } of gate.gated) {
    builder.operate({
      name: 'irreps gate',
      operands: [operandOf(x, gates), operandOf(x, input), operandOf(y, output)],
      parts: output.parts,
      outputs: output.width,
    })
  }
}

/**
 * Appends the adjoint of {@link irrepsGate}.
 * @param x what the gate read
 * @param xGradient is written, and may be where x is
 */
export function irrepsGateAdjoint(
  builder: ProgramBuilder,
  gate: GateRows,
  x: AtomFeatures,
  yGradient: AtomFeatures,
  xGradient: AtomFeatures,
): void {
  for (const { input, output } of gate.scalars) {
    builder.operate({
      name: 'irreps activate adjoint',
      operands: [operandOf(x, input), operandOf(yGradient, output), operandOf(xGradient, input)],
      outputs: output.width,
    })
  }
  for (const { gates, input, output } of gate.gated) {
    builder.operate({
      name: 'irreps gate adjoint',
      operands: [
        ...[operandOf(x, gates), operandOf(x, input), operandOf(yGradient, output)],
        ...[operandOf(xGradient, gates), operandOf(xGradient, input)],
      ],
      parts: output.parts,
      outputs: output.width,
    })
  }
}
