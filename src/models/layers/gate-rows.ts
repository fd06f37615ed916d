/**
 * How the input of a gate lies on the GPU. Equiformer SPEC section 10.
 *
 * Its irreps, `gateInput(output)`, have all scalars and the gates of all other blocks in one 0e block, where gates begin
 * at any channel. Here each block's gates are padded by themselves, as the components they belong to are:
 *
 *   [scalars | gates of the 1st gated block | of the 2nd | … | components of the 1st gated block | of the 2nd | …]
 */
import { gateInput } from '../../reference/irreps/gate.ts'
import { isScalar, sameIrrep } from '../irreps/irrep.ts'
import type { Irreps, IrrepsBlock } from '../irreps/irreps.ts'
import type { Components } from './atom-features.ts'
import { type BlockRows, type IrrepsRows, irrepsRows } from './irreps-rows.ts'
import { concatSlots } from './slots.ts'

/** Scalars: `output.width` floats, in slots that are `output.slots`. */
export interface ScalarRows {
  readonly input: Components
  readonly output: BlockRows
}

/** A block whose channels have gates: `output.parts` components of `output.width` floats, in slots that are `output.slots`. */
export interface GatedRows {
  /** One row of `output.width` floats. */
  readonly gates: Components
  /** Its width is more than `output.width` where neighbouring blocks of one irrep are one block of the input. */
  readonly input: Components
  readonly output: BlockRows
}

export interface GateRows {
  /** `gateInput(output.irreps)`: what the layer before the gate writes. */
  readonly input: IrrepsRows
  readonly output: IrrepsRows
  /** One for every 0e block of the output: usually one. */
  readonly scalars: readonly ScalarRows[]
  /** One for every other block of the output, 0o among them. */
  readonly gated: readonly GatedRows[]
}

/** @param irreps what the gate gives */
export function gateRows(irreps: Irreps): GateRows {
  const output = irrepsRows(irreps)
  const blocks = output.blocks.filter(({ width }) => width > 0)
  const scalars = blocks.filter(({ block }) => isScalar(block))
  const gated = blocks.filter(({ block }) => !isScalar(block))

  let width = 0
  const waiting = [...gated]
  const neighbours = (block: IrrepsBlock): BlockRows[] => {
    const others = waiting.findIndex((rows) => !sameIrrep(rows.block, block))
    return waiting.splice(0, others < 0 ? waiting.length : others)
  }
  const inputs = gateInput(irreps).blocks.map((block, n) => {
    const made = n === 0 ? [...scalars, ...gated] : neighbours(block)
    const slots = concatSlots(...made.map((rows) => rows.slots))
    const rows = { block, offset: width, parts: 2 * block.degree + 1, width: slots.width, slots }
    width += rows.parts * rows.width
    let offset = rows.offset
    const places = made.map((piece): Components => {
      offset += piece.width
      return { offset: offset - piece.width, width: rows.width }
    })
    return { rows, places }
  })
  const [first = [], ...components] = inputs.map(({ places }) => places)
  return {
    input: { irreps: gateInput(irreps), blocks: inputs.map(({ rows }) => rows), width },
    output,
    scalars: scalars.map((rows, n) => ({ input: first[n], output: rows })),
    gated: components.flat().map((input, n) => ({
      ...{ gates: first[scalars.length + n], input, output: gated[n] },
    })),
  }
}
