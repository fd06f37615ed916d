/** Equivariant layer norms on the GPU, block by block. Equiformer SPEC section 11. */
import type { EquivariantLayerNorm } from '../../reference/irreps/layer-norm.ts'
import { isScalar } from '../irreps/irrep.ts'
import { type AtomFeatures, operandOf } from './atom-features.ts'
import type { Operation } from './atomwise.ts'
import { type BlockRows, type IrrepsRows, irrepsRows } from './irreps-rows.ts'
import type { ProgramBuilder } from './program-builder.ts'
import type { PackedTensor, UploadedWeights, WeightPack } from './weight-pack.ts'

/** One block's share of the affine parameters. */
interface PackedBlockNorm {
  readonly rows: BlockRows
  readonly weight: PackedTensor
  /** Of 0e alone. */
  readonly bias: PackedTensor | null
}

export interface PackedIrrepsNorm {
  /** How rows lie that it reads and writes: each block padded at the end of its parts. */
  readonly rows: IrrepsRows
  readonly blocks: readonly PackedBlockNorm[]
}

export function packIrrepsNorm(pack: WeightPack, norm: EquivariantLayerNorm): PackedIrrepsNorm {
  const rows = irrepsRows(norm.irreps)
  let weightAt = 0
  let biasAt = 0
  const blocks = rows.blocks.map((block): PackedBlockNorm => {
    const { multiplicity } = block.block
    const weight = norm.weight.subarray(weightAt, weightAt + multiplicity)
    weightAt += multiplicity
    const scalar = isScalar(block.block)
    const bias = scalar ? norm.bias.subarray(biasAt, biasAt + multiplicity) : null
    if (scalar) biasAt += multiplicity
    return {
      rows: block,
      weight: pack.addVector(weight, block.slots),
      bias: bias && pack.addVector(bias, block.slots),
    }
  })
  return { rows, blocks: blocks.filter(({ rows: { width } }) => width > 0) }
}

const settings = ({ rows: { block, parts, width } }: PackedBlockNorm) => ({
  parts,
  outputs: width,
  channels: block.multiplicity,
  flags: isScalar(block) ? (['centre'] as const) : [],
})

/** Appends y = norm(x). Tensors hold rows of `packed.rows`. */
export function irrepsNorm(
  builder: ProgramBuilder,
  weights: UploadedWeights,
  packed: PackedIrrepsNorm,
  x: AtomFeatures,
  y: AtomFeatures,
): void {
  for (const block of packed.blocks) {
    builder.operate({
      ...settings(block),
      name: 'irreps norm',
      operands: [operandOf(x, block.rows), operandOf(y, block.rows)],
      weights: weights.bind(block.weight),
      bias: block.bias && weights.bind(block.bias),
    })
  }
}

/**
 * Appends the adjoint of {@link irrepsNorm}.
 * @param x what the norm read
 * @param add adds to what `xGradient` holds, for a way around the norm
 */
export function irrepsNormAdjoint(
  builder: ProgramBuilder,
  weights: UploadedWeights,
  packed: PackedIrrepsNorm,
  x: AtomFeatures,
  yGradient: AtomFeatures,
  xGradient: AtomFeatures,
  { add = false }: { readonly add?: boolean } = {},
): void {
  for (const block of packed.blocks) {
    const { flags, ...rest } = settings(block)
    builder.operate({
      ...rest,
      name: 'irreps norm adjoint',
      operands: [x, yGradient, xGradient].map((features) => operandOf(features, block.rows)),
      weights: weights.bind(block.weight),
      flags: add ? [...flags, 'add'] : flags,
    } satisfies Operation)
  }
}
