/**
 * Molecule-wise priors with their gradients: ZBL, D2, Coulomb. SPEC section 8.4.
 *
 * | SPEC                                   | here                          |
 * |----------------------------------------|-------------------------------|
 * | s (m per length unit of the data)      | `prior.distanceScale`         |
 * | t (J per energy unit of the data)      | `prior.energyScale`           |
 * | Z_i                                    | `prior.atomicNumbers[type_i]` |
 * | C6, R_r                                | `prior.c6`, `prior.vdwRadius` |
 * | E(r), dE/dr of one pair                | `PairFunction`                |
 *
 * Sums run over unordered pairs. Upstream's literal arithmetic is kept, including the Coulomb prior's
 * factor: it is a physical law only for positions in nm.
 */
import { InputError } from '../errors.ts'
import type { Prior } from '../models/et/parameters.ts'
import { type AtomSystem, buildEdges, positionsAdjoint, strainAdjoint } from './graph.ts'
import { cosineCutoff, cosineCutoffDerivative } from './radial.ts'

type PriorOf<K extends Prior['kind']> = Extract<Prior, { kind: K }>

/** Energy and its derivative at distance r of a pair of atoms (data units). */
export type PairFunction = (i: number, j: number, r: number) => readonly [energy: number, slope: number]

/** Screening functions of the universal ZBL potential: [weight, exponent]. */
const ZBL_SCREENING = [
  [0.1818, 3.2],
  [0.5099, 0.9423],
  [0.2802, 0.4029],
  [0.02817, 0.2016],
] as const
/** Bohr radius in m. */
export const BOHR = 5.29177210903e-11
/** e²/(4 π ε0) in J·m, with as many digits as upstream gives each of the two priors. */
export const ZBL_COULOMB = 2.30707755e-28
export const COULOMB = 2.30707e-28
export const AVOGADRO = 6.02214076e23

/** Ziegler–Biersack–Littmark nuclear repulsion, with a cosine cutoff. */
export function zblPair(prior: PriorOf<'ZBL'>, types: ArrayLike<number>): PairFunction {
  const { atomicNumbers, cutoffDistance, distanceScale, energyScale } = prior
  return (i, j, r) => {
    const zi = entry(atomicNumbers, types[i], 'ZBL')
    const zj = entry(atomicNumbers, types[j], 'ZBL')
    const length = (0.8854 * BOHR) / (zi ** 0.23 + zj ** 0.23) / distanceScale
    let f = 0
    let slope = 0
    for (const [weight, exponent] of ZBL_SCREENING) {
      const term = weight * Math.exp((-exponent * r) / length)
      f += term
      slope -= (term * exponent) / length
    }
    const cutoff = cosineCutoff(r, 0, cutoffDistance)
    const factor = ((ZBL_COULOMB / (energyScale * distanceScale)) * zi * zj) / r
    return [
      factor * f * cutoff,
      factor * (slope * cutoff + f * cosineCutoffDerivative(r, 0, cutoffDistance) - (f * cutoff) / r),
    ]
  }
}

/** Grimme's D2 dispersion; no smoothing at its cutoff. */
export function d2Pair(prior: PriorOf<'D2'>, types: ArrayLike<number>): PairFunction {
  const { rowOfType, c6, vdwRadius, distanceScale, energyScale } = prior
  const nanometres = distanceScale * 1e9
  return (i, j, r) => {
    const a = entry(rowOfType, types[i], 'D2')
    const b = entry(rowOfType, types[j], 'D2')
    const c = Math.sqrt(entry(c6, a, 'D2') * entry(c6, b, 'D2'))
    const r0 = entry(vdwRadius, a, 'D2') + entry(vdwRadius, b, 'D2')
    const R = r * nanometres
    const decay = Math.exp(-20 * (R / r0 - 1))
    const damping = 1 / (1 + decay)
    const unit = 1 / (energyScale * AVOGADRO)
    const energy = -unit * (c / R ** 6) * damping
    return [energy, energy * nanometres * (-6 / R + (20 / r0) * decay * damping)]
  }
}

/** Coulomb interaction of given partial charges, switched on between two distances. */
export function coulombPair(prior: PriorOf<'Coulomb'>, charges: ArrayLike<number>): PairFunction {
  const { lowerSwitchDistance: lo, upperSwitchDistance: up, distanceScale, energyScale } = prior
  const nanometres = distanceScale * 1e9
  return (i, j, r) => {
    const R = r * nanometres
    const phase = Math.PI * Math.min(Math.max((R - lo) / (up - lo), 0), 1)
    const weight = 0.5 - 0.5 * Math.cos(phase)
    const slope = (0.5 * Math.PI * Math.sin(phase)) / (up - lo)
    const factor = ((COULOMB / (energyScale * distanceScale)) * charges[i] * charges[j]) / R
    return [factor * weight, factor * nanometres * (slope - weight / R)]
  }
}

export interface PairSum {
  /** [molecules] */
  readonly energies: Float64Array
  /** [N × 3] */
  readonly gPositions: Float64Array
  /** [3 × 3] dE/dstrain */
  readonly strain: Float64Array
}

/** Sum of a pair function over all unordered pairs (and periodic images) closer than `cutoff`. */
export function sumPairs(system: AtomSystem, molecules: number, cutoff: number, pair: PairFunction): PairSum {
  const edges = buildEdges(system, 0, cutoff)
  const energies = new Float64Array(molecules)
  const gVector = new Float64Array(3 * edges.count)
  for (let e = 0; e < edges.count; e++) {
    if (edges.isSelf[e]) continue
    const [energy, slope] = pair(edges.receiver[e], edges.source[e], edges.distance[e])
    // Every pair appears as two directed edges: half for each.
    energies[system.batch[edges.receiver[e]]] += 0.5 * energy
    for (let c = 0; c < 3; c++) gVector[3 * e + c] = 0.5 * slope * edges.unit[3 * e + c]
  }
  return {
    energies,
    gPositions: positionsAdjoint(edges, gVector),
    strain: strainAdjoint(edges.vector, gVector),
  }
}

/**
 * Energy and gradient of one molecule-wise prior; null for Atomref, which acts on atoms.
 * @throws InputError for D2 and Coulomb in periodic systems, where upstream's own arithmetic is not a lattice sum.
 */
export function evaluatePrior(
  prior: Prior,
  system: AtomSystem,
  molecules: number,
  types: ArrayLike<number>,
  charges: ArrayLike<number> | null | undefined,
): PairSum | null {
  if (prior.kind === 'Atomref') return null
  if (prior.kind === 'ZBL') return sumPairs(system, molecules, prior.cutoffDistance, zblPair(prior, types))
  if (system.cells.length > 0 && system.periodic.some(Boolean)) {
    throw new InputError(
      `The ${prior.kind} prior of this model is defined for open systems only; remove the cell.`,
    )
  }
  if (prior.kind === 'D2') return sumPairs(system, molecules, prior.cutoffDistance, d2Pair(prior, types))
  if (!charges) {
    throw new InputError('The Coulomb prior of this model needs a partial charge for every atom.')
  }
  return sumPairs(system, molecules, Number.POSITIVE_INFINITY, coulombPair(prior, charges))
}

/** A table's entry, or one sentence that says which prior lacks it. */
function entry(table: Float64Array, index: number, prior: string): number {
  const value = table[index]
  if (value === undefined || Number.isNaN(value)) {
    throw new InputError(`The ${prior} prior of this model has no parameters for atom type ${index}.`)
  }
  return value
}
