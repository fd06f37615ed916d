/**
 * Whether a float32 engine reproduces a golden case.
 *
 * It passes when its largest force error is at most max(4 × yardstick.force_max_abs, 2e-5 × force_rms), and its
 * energy error at most max(4 × yardstick.energy_max_abs, 2e-6 × atoms × the energy scale of one atom's
 * contribution).
 *
 * That scale has to come from the case alone, and constants that do not belong in a float32 sum (reference
 * energies, the mean) must not inflate it: |E|/atoms of aspirin is 2e4 kcal/mol, nearly all of it such a constant.
 * We take the smaller of |E|/atoms (largest over the molecules) and force_rms × 1 Å, the energy by which the network
 * visibly tells geometries of one atom apart; where a case has no forces, |output|/atoms.
 */
import type { GoldenCase } from './case.ts'

/** What an engine computed for a case, in the case's units. */
export interface EngineResult {
  /** [molecules][columns] */
  readonly output: readonly (readonly number[])[]
  /** [N × 3], or null for a case without forces */
  readonly forces: ArrayLike<number> | null
}

export interface Verdict {
  readonly passed: boolean
  /** Largest over molecules and columns, in the unit of the output. */
  readonly energyError: number
  /** energyError as a fraction of what its molecule is allowed: passed where ≤ 1. */
  readonly energyUse: number
  /** energyError in yardsticks: 1 is as good as upstream's float32. */
  readonly energyYardsticks: number
  /** Null for a case without forces. */
  readonly forceError: number | null
  readonly forceUse: number
  readonly forceYardsticks: number
}

/** Compares a result with the expected values; NaN anywhere fails. */
export function judge(golden: GoldenCase, result: EngineResult): Verdict {
  const { yardstick, expectedForces } = golden
  const atoms = new Array<number>(golden.moleculeCount).fill(0)
  for (const molecule of golden.batch) atoms[molecule]++
  const scale = contributionScale(golden, atoms)

  let energyError = 0
  let energyUse = 0
  golden.expectedOutput.forEach((row, molecule) => {
    const allowed = Math.max(4 * yardstick.energyMaxAbs, 2e-6 * atoms[molecule] * scale)
    row.forEach((expected, column) => {
      const error = Math.abs((result.output[molecule]?.[column] ?? Number.NaN) - expected)
      energyError = largest(energyError, error)
      energyUse = largest(energyUse, ratio(error, allowed))
    })
  })

  let forceError: number | null = null
  let forceUse = 0
  if (expectedForces) {
    forceError = 0
    for (let k = 0; k < expectedForces.length; k++) {
      forceError = largest(forceError, Math.abs((result.forces?.[k] ?? Number.NaN) - expectedForces[k]))
    }
    const allowed = Math.max(4 * (yardstick.forceMaxAbs ?? 0), 2e-5 * golden.forceRms)
    forceUse = ratio(forceError, allowed)
  }
  return {
    passed: energyUse <= 1 && forceUse <= 1,
    energyError,
    energyUse,
    energyYardsticks: ratio(energyError, yardstick.energyMaxAbs),
    forceError,
    forceUse,
    forceYardsticks: ratio(forceError ?? 0, yardstick.forceMaxAbs ?? 0),
  }
}

/** Energy scale of one atom's contribution; see the head of this file. */
export function contributionScale(golden: GoldenCase, atoms: readonly number[]): number {
  const perAtom = Math.max(
    ...golden.expectedOutput.map((row, molecule) => Math.max(...row.map(Math.abs)) / atoms[molecule]),
  )
  return golden.expectedForces ? Math.min(perAtom, golden.forceRms) : perAtom
}

/** Like Math.max, but NaN wins: an error that is not a number must not go unseen. */
const largest = (a: number, b: number): number =>
  Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b)

/** No error is within any bound, also within the bound 0 of a network whose forces vanish exactly. */
const ratio = (error: number, bound: number): number => (error === 0 ? 0 : error / bound)
