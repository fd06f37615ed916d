import type { Structure } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
import { AVOGADRO, BOHR, COULOMB, ZBL_COULOMB } from '../../reference/priors.ts'
import type { Prior } from '../et/parameters.ts'
import type { ProgramBuilder } from '../layers/program-builder.ts'

type PairPrior = Exclude<Prior, { kind: 'Atomref' }>

interface PairParameters {
  /** [atoms, 2], units folded in; see shaders/priors/pairs.wgsl */
  readonly values: Float32Array
  readonly cutoff: number
  /** data length units → what the switching function is written in */
  readonly scale: number
  readonly lower: number
  readonly upper: number
}

/**
 * Appends a pair prior, SPEC tmdnet 8.4: its energy, forces and virial are added to what the atoms have.
 * @param unit eV per energy unit of the model
 */
export function appendPairPrior(
  builder: ProgramBuilder,
  prior: PairPrior,
  types: Uint32Array,
  unit: number,
): void {
  const { gpu, atoms } = builder
  const parameters = pairParameters(prior, types, unit, atoms.structures)
  if (prior.kind !== 'ZBL' && atoms.structures.some(({ cell, periodic }) => cell && periodic.some(Boolean)))
    throw new InputError(
      `This model's ${prior.kind} prior is defined for open systems only: remove the cell or use another model.`,
    )
  const values = builder.own(gpu.bufferFrom(`${prior.kind} parameters`, parameters.values))
  builder.call(
    'priors/pairs',
    {
      constants: {
        CUTOFF: parameters.cutoff,
        SCALE: parameters.scale,
        LOWER: parameters.lower,
        UPPER: parameters.upper,
      },
      conditions: { ZBL: prior.kind === 'ZBL', D2: prior.kind === 'D2', COULOMB: prior.kind === 'Coulomb' },
    },
    {
      positions: atoms.positions,
      molecules: atoms.moleculeOf,
      starts: atoms.starts,
      cells: atoms.cells,
      parameters: values,
      outputs: atoms.outputs,
      virial: atoms.virial,
    },
    builder.overAtoms(),
    prior.kind,
  )
}

/** Everything that does not depend on positions, in double precision and rounded once. */
function pairParameters(
  prior: PairPrior,
  types: Uint32Array,
  unit: number,
  structures: readonly Structure[],
): PairParameters {
  const { distanceScale, energyScale } = prior
  const pairs = (first: (i: number) => number, second: (i: number) => number) =>
    Float32Array.from({ length: 2 * types.length }, (_, k) => (k % 2 ? second : first)(k >> 1))
  switch (prior.kind) {
    case 'ZBL': {
      const root = Math.sqrt((ZBL_COULOMB / (energyScale * distanceScale)) * unit)
      const z = (i: number) => prior.atomicNumbers[types[i]]
      return {
        values: pairs(
          (i) => z(i) * root,
          (i) => z(i) ** 0.23,
        ),
        cutoff: prior.cutoffDistance,
        scale: distanceScale / (0.8854 * BOHR),
        lower: 0,
        upper: 1,
      }
    }
    case 'D2': {
      const nanometres = distanceScale * 1e9
      const root = Math.sqrt(unit / (nanometres ** 6 * energyScale * AVOGADRO))
      const row = (i: number) => prior.rowOfType[types[i]]
      return {
        values: pairs(
          (i) => Math.sqrt(prior.c6[row(i)]) * root,
          (i) => prior.vdwRadius[row(i)],
        ),
        cutoff: prior.cutoffDistance,
        scale: nanometres,
        lower: 0,
        upper: 1,
      }
    }
    case 'Coulomb': {
      const charges = structures.flatMap((structure) => Array.from(partialCharges(structure)))
      const nanometres = distanceScale * 1e9
      const root = Math.sqrt((COULOMB / (energyScale * distanceScale * nanometres)) * unit)
      return {
        values: pairs(
          (i) => charges[i] * root,
          () => 0,
        ),
        cutoff: 3e38,
        scale: nanometres,
        lower: prior.lowerSwitchDistance,
        upper: prior.upperSwitchDistance,
      }
    }
  }
}

/** @throws InputError if the structure has no charges */
function partialCharges(structure: Structure): Float64Array {
  for (const name of ['charges', 'charge', 'initial_charges', 'partial_charges']) {
    const column = structure.columns?.get(name)
    if (column?.width === 1) return column.values
  }
  throw new InputError(
    `${structure.name}: this model's Coulomb prior needs partial charges; add a column charges:R:1 to the extended xyz file.`,
  )
}
