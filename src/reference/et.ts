/**
 * The Equivariant Transformer of TorchMD-NET in float64: outputs, forces, virial and every intermediate.
 * This is the executable specification that the GPU kernels are judged by. SPEC sections 1 to 9;
 * P. Thölke, G. De Fabritiis, arXiv:2202.02541.
 *
 * | SPEC                         | here                                      |
 * |------------------------------|-------------------------------------------|
 * | z                            | `input.types` [N]                         |
 * | p_i (standardised, + Atomref) | `perAtom` [N × width]                    |
 * | y                            | `output` [molecules][1 or 3]              |
 * | −d(Σ y)/d pos                | `forces` [N × 3]                          |
 * | d(Σ y)/d strain              | `virial` [3 × 3]                          |
 *
 * Everything is in the units of the checkpoint: Å and its own unit of energy.
 */
import type { Cell, Periodicity } from '../chemistry/structure.ts'
import { InputError } from '../errors.ts'
import type { EtParameters } from '../models/et/parameters.ts'
import { etIntermediates } from './et-intermediates.ts'
import { outputNetwork, outputNetworkAdjoint } from './et-output.ts'
import { represent, representAdjoint } from './et-representation.ts'
import { type EtWeights, etWeights } from './et-weights.ts'
import { buildEdges, type EdgeList, edgeVectorAdjoint, positionsAdjoint, strainAdjoint } from './graph.ts'
import {
  atomOutputs,
  atomOutputsAdjoint,
  centered,
  centeredAdjoint,
  divisors,
  finalOutputs,
  finalOutputsGradient,
  outputWidth,
  sumOverMolecules,
} from './heads.ts'
import { evaluatePrior } from './priors.ts'
import { accumulate } from './rows.ts'

export interface EtInput {
  /** [N] rows of the embedding table: atomic numbers, except for five-et models. */
  readonly types: ArrayLike<number>
  /** [N × 3] Å */
  readonly positions: Float64Array
  /** [N] molecule of every atom, 0-based; absent: one molecule. */
  readonly batch?: ArrayLike<number>
  /** One cell for all molecules, one per molecule, or [] for none; absent: the model's own box, if it has one. */
  readonly cells?: readonly Cell[]
  /** Which cell vectors repeat; absent: all three. */
  readonly periodic?: Periodicity
  /** [N] in e, for models with a Coulomb prior. */
  readonly partialCharges?: ArrayLike<number> | null
}

export interface EtResult {
  /** One row per molecule: an energy, a property, or (VectorOutput) three components. */
  readonly output: readonly (readonly number[])[]
  /** [N × width] contribution of every atom before the sum over its molecule. */
  readonly perAtom: Float64Array
  /** [N × 3] minus the gradient of the sum of all outputs. */
  readonly forces: Float64Array
  /** Nine numbers, row-major: derivative of the sum of all outputs by a strain of positions and cells. */
  readonly virial: Float64Array
  readonly edges: EdgeList
  /** Tensors by the names of SPEC section 13. */
  readonly intermediates: ReadonlyMap<string, Float64Array>
}

/**
 * Evaluates the model. `weights` may be passed in to widen the tensors only once.
 * @throws InputError for types outside the embedding, coinciding atoms, or inputs a prior cannot work with.
 */
export function evaluateEt(
  parameters: EtParameters,
  input: EtInput,
  weights: EtWeights = etWeights(parameters),
): EtResult {
  const { hyper, std } = parameters
  const { types, positions } = input
  const atoms = types.length
  checkTypes(types, hyper.maxZ)
  const batch = input.batch ?? new Int32Array(atoms)
  const molecules = { count: Math.max(...Array.from(batch)) + 1, batch }
  const cells = input.cells ?? (hyper.boxVectors ? [hyper.boxVectors] : [])
  const system = { positions, batch, cells, periodic: input.periodic ?? ([true, true, true] as const) }

  // Forward: SPEC 7, then 8.2 step by step.
  const edges = buildEdges(system, hyper.cutoffLower, hyper.cutoffUpper)
  const representation = represent(weights, hyper, edges, types)
  const network = outputNetwork(weights.output, hyper.activation, representation)
  const masses = Float64Array.from(types, (type) => weights.masses[type] ?? 1)
  const { offsets, shares } = centered(molecules, positions, masses)
  const width = outputWidth(hyper.head)
  const perAtom = atomOutputs(hyper.head, network.scalars, network.vectors, offsets).map((p) => p * std)
  for (const prior of parameters.priors) {
    if (prior.kind !== 'Atomref' || !prior.enabled) continue
    for (let i = 0; i < atoms; i++) perAtom[i] += prior.energies[types[i]]
  }
  const divisor = divisors(molecules, hyper.head === 'VectorOutput' ? 'one' : hyper.meanDivisor)
  const sums = sumOverMolecules(molecules, perAtom).map(
    (p, k) => p / divisor[Math.floor(k / width)] + parameters.mean,
  )
  const outputs = finalOutputs(hyper.head, sums).slice()

  // Backward: SPEC 9, for the sum of all outputs.
  const gSums = finalOutputsGradient(hyper.head, sums)
  const gPerAtom = perAtom.map((_, k) => {
    const molecule = batch[Math.floor(k / width)]
    return (gSums[molecule * width + (k % width)] / divisor[molecule]) * std
  })
  const gAtom = atomOutputsAdjoint(hyper.head, network.scalars, offsets, gPerAtom)
  const gFeatures = outputNetworkAdjoint(
    weights.output,
    hyper.activation,
    network,
    gAtom.scalars,
    gAtom.vectors,
  )
  const gradient = representAdjoint(weights, hyper, edges, representation, gFeatures.x, gFeatures.V)
  const gVector = edgeVectorAdjoint(edges, gradient.distance, gradient.unit)
  const gPositions = positionsAdjoint(edges, gVector)
  const virial = strainAdjoint(edges.vector, gVector)
  // Heads that read positions directly: offsets from the centre of mass strain like any vector.
  accumulate(gPositions, centeredAdjoint(molecules, shares, gAtom.offsets))
  accumulate(virial, strainAdjoint(offsets, gAtom.offsets))

  for (const prior of parameters.priors) {
    const sum = evaluatePrior(prior, system, molecules.count, types, input.partialCharges)
    if (sum === null) continue
    accumulate(outputs, sum.energies)
    accumulate(gPositions, sum.gPositions)
    accumulate(virial, sum.strain)
  }

  const columnsPerMolecule = outputs.length / molecules.count
  return {
    output: Array.from({ length: molecules.count }, (_, m) =>
      Array.from(outputs.subarray(m * columnsPerMolecule, (m + 1) * columnsPerMolecule)),
    ),
    perAtom,
    forces: gPositions.map((g) => 0 - g),
    virial,
    edges,
    intermediates: etIntermediates(edges, representation, network, gradient, gFeatures.x),
  }
}

function checkTypes(types: ArrayLike<number>, maxZ: number): void {
  for (let i = 0; i < types.length; i++) {
    if (Number.isInteger(types[i]) && types[i] >= 0 && types[i] < maxZ) continue
    throw new InputError(
      `Atom ${i + 1} has type ${types[i]}, but this model knows types 0 to ${maxZ - 1} only.`,
    )
  }
}
