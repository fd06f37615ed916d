/** Golden networks of Equiformer's, as a user would load them, and the float64 reference's answer. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GoldenCase } from '../../../src/cli/golden/case.ts'
import { equiformerTypeOf } from '../../../src/models/equiformer/atom-types.ts'
import type { EquiformerOptions, EquiformerParameters } from '../../../src/models/equiformer/parameters.ts'
import { readEquiformerParameters } from '../../../src/models/equiformer/read-parameters.ts'
import { type EquiformerResult, evaluateEquiformer } from '../../../src/reference/equiformer/equiformer.ts'

/** What Equiformer's cases have beside the block that all architectures share. */
export interface EquiformerDetails {
  /** kcal/mol for MD17's networks; null where a case has none. */
  readonly task_mean: number | null
  readonly task_std: number | null
  readonly n_parameters: number
  readonly n_edges: number
  readonly expected: { readonly energy?: readonly number[]; readonly forces?: readonly number[][] }
  /** How far upstream strays in float64 if its float32 Wigner 3j symbols are replaced by exact ones. */
  readonly float64_with_exact_w3j_deviation: {
    readonly energy_max_abs: number
    readonly forces_max_abs: number
  }
}

export const detailsOf = ({ path }: GoldenCase): EquiformerDetails =>
  JSON.parse(readFileSync(join(path, 'case.json'), 'utf8'))

/** What shapes leave open in two kinds of networks, from the case's hyperparameters. Cutoffs are the usual ones. */
export function whatShapesLeaveOpen({ name, hyperparameters }: GoldenCase): EquiformerOptions {
  if (name.startsWith('dp_')) return { heads: Number(hyperparameters.num_heads) }
  return name.includes('_e3_') ? { irrepsMlpMid: String(hyperparameters.irreps_mlp_mid) } : {}
}

export const loadEquiformer = async (
  golden: GoldenCase,
  options: EquiformerOptions = {},
): Promise<EquiformerParameters> =>
  readEquiformerParameters(await golden.loadCheckpoint(), { ...whatShapesLeaveOpen(golden), ...options })

/** The float64 reference's answer for the atoms of a case. */
export function evaluateCase(parameters: EquiformerParameters, golden: GoldenCase): EquiformerResult {
  const { dataset, types } = parameters.hyper
  return evaluateEquiformer(parameters, {
    ...golden,
    types: Array.from(golden.atomicNumbers, (z) => equiformerTypeOf(dataset, types, z) ?? Number.NaN),
  })
}

/** Largest difference. NaN wins. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = 0
  for (let k = 0; k < expected.length; k++) {
    const difference = Math.abs(actual[k] - expected[k])
    if (Number.isNaN(difference)) return Number.NaN
    largest = Math.max(largest, difference)
  }
  return largest
}
