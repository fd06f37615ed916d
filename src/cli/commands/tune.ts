import { atomCount } from '../../chemistry/structure.ts'
import { autotune, type Trial } from '../../dynamics/autotune.ts'
import { sizeClass } from '../../gpu/tuning-memory.ts'
import type { Command } from '../arguments.ts'
import { withGpu } from '../device.ts'
import { readForceField, readStructures } from '../files.ts'
import { jsonOption, modelOptions } from '../shared-options.ts'
import { print, remark } from '../terminal.ts'

export const tune: Command = {
  name: 'tune',
  summary: 'Finds the quickest way to carry out steps on this adapter, and remembers it',
  operands: 'STRUCTURE',
  options: { ...modelOptions, json: jsonOption },
  details:
    'Times whole steps in different ways, in turns: workgroups, lanes that share an atom, the order of its neighbours.\n' +
    'What is quickest is kept in tumble/tunings.json in your cache folder, and used from then on by all commands for\n' +
    'systems of about that size on the same adapter. Answers differ in their last digits only.',
  async run(given) {
    const [structure] = await readStructures(given.onlyOperand())
    const field = await readForceField(given.text('model'), given)
    field.typesOf(structure)
    const trials: Trial[] = []
    const atoms = atomCount(structure)
    const { adapter, tuning } = await withGpu(async (gpu) => {
      const tuning = await autotune(gpu, structure, field, {
        onTrial(trial) {
          trials.push(trial)
          remark(`${words(trial.change)}: ${told(trial.ratio)}`)
        },
      })
      gpu.memory?.remember(gpu.adapterName, atoms, tuning)
      return { adapter: gpu.adapterName, tuning }
    })
    if (given.flag('json'))
      print(JSON.stringify({ adapter, size: sizeClass(atoms), trials, tuning }, null, 2))
    else print(`Remembered for ${adapter}, ${sizeClass(atoms)}: ${words(tuning)}.`)
    return 0
  },
}

const told = (ratio: number | null): string =>
  ratio === null ? 'not possible here' : `${ratio.toFixed(2)} of the time`

/** `lists 256 lanes/4 atoms, edgeLanes 64` */
const words = (change: Trial['change']): string =>
  Object.entries(change)
    .map(([name, value]) =>
      typeof value === 'object' && value !== null
        ? `${name} ${value.lanes} lanes/${value.atoms} atoms`
        : `${name} ${value === null ? 'none' : value}`,
    )
    .join(', ')
