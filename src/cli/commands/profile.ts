import { atomCount } from '../../chemistry/structure.ts'
import { Simulation } from '../../dynamics/simulation.ts'
import { timeKernels } from '../../gpu/timing.ts'
import type { Command } from '../arguments.ts'
import { withGpu } from '../device.ts'
import { readForceField, readStructures } from '../files.ts'
import { jsonOption, modelOptions } from '../shared-options.ts'
import { print, table } from '../terminal.ts'

/** fs: atoms must not wander off while the integrator is timed. */
const STANDSTILL = 1e-4

export const profile: Command = {
  name: 'profile',
  summary: 'Where the time of one step goes, kernel by kernel',
  operands: 'STRUCTURE',
  options: { ...modelOptions, json: jsonOption },
  details:
    'Times each kernel of a step alone, by GPU timestamps where the adapter has them. Their sum is more than a step\n' +
    'takes: in a step, kernels that do not depend on each other may overlap.',
  async run(given) {
    const [structure] = await readStructures(given.onlyOperand())
    const field = await readForceField(given.text('model'), given)
    field.typesOf(structure)
    const result = await withGpu(async (gpu) => {
      const simulation = await Simulation.create(gpu, structure, field, {
        timestep: STANDSTILL,
        temperature: 0,
      })
      await simulation.observe()
      const { clock, kernels } = await timeKernels(gpu, simulation.stepDispatches)
      const { pairs } = await simulation.observe()
      simulation.destroy()
      return { adapter: gpu.adapterName, clock, pairs, kernels }
    })
    if (given.flag('json')) {
      print(JSON.stringify(result, null, 2))
      return 0
    }
    const { adapter, clock, pairs, kernels } = result
    const dispatches = kernels.reduce((sum, kernel) => sum + kernel.dispatches, 0)
    const total = kernels.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
    print(`${structure.name}: ${atomCount(structure)} atoms, ${pairs} directed pairs; ${field.card.title}`)
    print(`${adapter}, ${clock} clock: ${dispatches} dispatches and ${total.toPrecision(3)} ms per step\n`)
    const columns = [
      { title: 'kernel' },
      { title: 'dispatches', align: 'right' },
      { title: 'ms', align: 'right' },
      { title: 'share', align: 'right' },
    ] as const
    const rows = kernels.map(({ kernel, dispatches, milliseconds }) => [
      kernel,
      String(dispatches),
      milliseconds.toFixed(3),
      `${((100 * milliseconds) / total).toFixed(1)} %`,
    ])
    for (const line of table(columns, rows)) print(line)
    return 0
  },
}
