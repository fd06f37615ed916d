import type { Structure } from '../chemistry/structure.ts'
import { Minimizer, type MinimizerOptions, type MinimizerReport } from '../dynamics/minimizer.ts'
import type { SimulationOptions } from '../dynamics/types.ts'
import type { Gpu } from '../gpu/gpu.ts'
import type { ForceField } from '../models/force-field.ts'
import type { Arguments, OptionTable } from './arguments.ts'

const CELLS = ['fixed', 'isotropic', 'free'] as const

/** Relaxing before a run. */
export const minimizationOptions: OptionTable = {
  minimize: {
    type: 'boolean',
    help: 'relax the structure first (FIRE); with --steps 0 that is all, and --output is the relaxed structure',
  },
  fmax: { type: 'string', value: 'EV/Å', help: 'largest force that --minimize leaves', default: '0.01' },
  'minimize-steps': { type: 'string', value: 'N', help: 'steps that --minimize may take', default: '2000' },
  'minimize-cell': {
    type: 'string',
    value: CELLS.join('|'),
    help: 'whether --minimize relaxes the cell, too, to --pressure or none',
    default: 'fixed',
  },
}

export interface MinimizationPlan {
  readonly steps: number
  readonly options: MinimizerOptions
}

/**
 * How to relax; null where it was not asked for.
 * @throws InputError for options out of range
 */
export function minimizationPlanOf(given: Arguments, { fixed }: SimulationOptions): MinimizationPlan | null {
  if (!given.flag('minimize')) return null
  const kind = given.choice('minimize-cell', CELLS)
  const pressure = given.text('pressure') === undefined ? 0 : given.number('pressure')
  return {
    steps: given.number('minimize-steps', { least: 1, whole: true }),
    options: {
      fmax: given.number('fmax', { above: 0 }),
      fixed,
      ...(kind !== 'fixed' && { cell: { kind, pressure } }),
    },
  }
}

/** Steps between looks at how far it has come. */
const EVERY = 50

/** The relaxed structure, and the last report; that of a fault, too, and then the structure is the one given. */
export async function minimize(
  gpu: Gpu,
  structure: Structure,
  field: ForceField,
  { steps, options }: MinimizationPlan,
): Promise<{ structure: Structure; report: MinimizerReport }> {
  const minimizer = await Minimizer.create(gpu, structure, field, options)
  try {
    let report = await minimizer.observe()
    for await (const next of minimizer.run({ steps, every: EVERY })) report = next
    if (report.fault) return { structure, report }
    // Velocities that a file brings stay what they are.
    const { velocities } = structure
    return { structure: { ...(await minimizer.structure()), ...(velocities && { velocities }) }, report }
  } finally {
    minimizer.destroy()
  }
}
