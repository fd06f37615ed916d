/** Features of irreps of every atom, as operations on atoms take them. */
import { type Operand, partRows } from './atomwise.ts'
import type { BlockRows } from './irreps-rows.ts'

/** Where each atom's row of features begins; both in floats, multiples of 4. */
export interface AtomFeatures {
  readonly tensor: GPUBufferBinding
  /** from atom to atom */
  readonly stride: number
  /** of the first atom's row in the tensor */
  readonly base: number
}

/** Components of some channels within a row: those of a block, or of a part of one. */
export type Components = Pick<BlockRows, 'offset' | 'width'>

/** @param components `width` floats from component to component */
export const operandOf = (
  { tensor, stride, base }: AtomFeatures,
  { offset, width }: Components,
): Operand => ({ tensor, rows: partRows(width, stride, base + offset) })
