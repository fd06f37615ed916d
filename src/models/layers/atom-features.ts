/** Features of irreps of every atom, as operations on atoms take them. */
import { type Operand, partRows } from './atomwise.ts'

/** Where each atom's row of features begins; both in floats, multiples of 4. */
export interface AtomFeatures {
  readonly tensor: GPUBufferBinding
  /** from atom to atom */
  readonly stride: number
  /** of the first atom's row in the tensor */
  readonly base: number
}

/** Where the components of some channels are within a row: of a block, or of a part of one. Multiples of 4. */
export interface Components {
  /** First float. */
  readonly offset: number
  /** Floats from component to component. */
  readonly width: number
}

export const operandOf = (
  { tensor, stride, base }: AtomFeatures,
  { offset, width }: Components,
): Operand => ({ tensor, rows: partRows(width, stride, base + offset) })

/** Features that have a tensor to themselves, `stride` floats for each atom. */
export const wholeRows = (tensor: GPUBufferBinding, stride: number): AtomFeatures => ({
  ...{ tensor, stride, base: 0 },
})
