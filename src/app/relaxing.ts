import type { Structure } from '../chemistry/structure.ts'
import { Minimizer } from '../dynamics/minimizer.ts'
import type { Simulation } from '../dynamics/simulation.ts'
import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import type { ForceField } from '../models/force-field.ts'
import * as state from './state.ts'
import { significant } from './words.ts'

/** eV/Å that relaxing leaves, and the steps it may take. */
const RELAXED = 0.01
const MOST_STEPS = 2000

/**
 * The nearest minimum of the energy from where the atoms of a simulation are, and what to say of it. Atoms that it holds
 * fast stay where they are.
 * @throws InputError if forces become too strong
 */
export async function relaxed(
  gpu: Gpu,
  structure: Structure,
  field: ForceField,
  simulation: Simulation,
): Promise<{ structure: Structure; words: string }> {
  const { positions, cell } = await simulation.snapshot()
  const start = { ...structure, positions, cell, velocities: undefined }
  const minimizer = await Minimizer.create(gpu, start, field, { fmax: RELAXED, fixed: simulation.fixed })
  try {
    let last = await minimizer.observe()
    for await (const report of minimizer.run({ steps: MOST_STEPS, every: 10 })) {
      last = report
      state.busy.value = `Relaxing: largest force ${significant(report.maxForce)} eV/Å…`
    }
    if (last.fault) throw new InputError(last.fault)
    const how = last.converged ? 'Relaxed' : 'Not relaxed yet, but further'
    const where = simulation.fixed.length ? ' on an atom that is not pinned' : ''
    return {
      structure: await minimizer.structure(),
      words: `${how}: the largest force${where} is ${significant(last.maxForce)} eV/Å.`,
    }
  } finally {
    minimizer.destroy()
  }
}
