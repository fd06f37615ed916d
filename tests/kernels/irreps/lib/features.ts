/** From the reference's features to the GPU's rows, with room around them, and back. */
import { expect } from 'vitest'
import type { AtomFeatures } from '../../../../src/models/layers/atom-features.ts'
import { fromRows, type IrrepsRows, placesInRow, toRows } from '../../../../src/models/layers/irreps-rows.ts'
import { blank, UNTOUCHED } from '../../lib/run.ts'

/** Floats before and after each atom's row, which belong to others. */
const BEFORE = 4
const AFTER = 8

const strideOf = ({ width }: IrrepsRows): number => BEFORE + width + AFTER

/** A tensor's rows as operations take them. */
export const featuresIn = (tensor: GPUBufferBinding, rows: IrrepsRows): AtomFeatures => ({
  ...{ tensor, stride: strideOf(rows), base: BEFORE },
})

/** A tensor for rows of some atoms that nobody has written to. */
export const unwritten = (rows: IrrepsRows, atoms: number): Float32Array => blank(atoms * strideOf(rows))

/** A tensor with features [N × dimension] in e3nn's layout. */
export function laid(rows: IrrepsRows, features: Float64Array): Float32Array {
  const atoms = features.length / rows.irreps.dimension
  const packed = toRows(rows, features)
  const data = unwritten(rows, atoms)
  for (let n = 0; n < atoms; n++)
    data.set(packed.subarray(n * rows.width, (n + 1) * rows.width), n * strideOf(rows) + BEFORE)
  return data
}

/** Features in e3nn's layout of a tensor whose padded slots must be 0, and whose room between rows untouched. */
export function taken(rows: IrrepsRows, data: Float32Array): Float64Array {
  const stride = strideOf(rows)
  const inRows = new Float32Array((data.length / stride) * rows.width)
  const rest = Float32Array.from(data)
  for (let n = 0; n < data.length / stride; n++) {
    const row = n * stride + BEFORE
    inRows.set(data.subarray(row, row + rows.width), n * rows.width)
    for (const place of placesInRow(rows)) rest[row + place] = 0
    expect(
      rest.subarray(row, row + rows.width).every((x) => x === 0),
      'padded slots hold zeros',
    ).toBe(true)
    rest.fill(UNTOUCHED, row, row + rows.width)
  }
  expect(
    rest.every((x) => x === UNTOUCHED),
    'what lies between rows is left alone',
  ).toBe(true)
  return fromRows(rows, inRows)
}
