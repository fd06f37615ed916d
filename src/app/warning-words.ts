/** What is said of a warning: one sentence, calmly. */
import { symbolOf } from '../chemistry/elements.ts'
import type { Structure } from '../chemistry/structure.ts'
import type { Warning } from './watching.ts'
import { decimal, significant } from './words.ts'

const nameOf = ({ atomicNumbers }: Structure, atom: number) => `${symbolOf(atomicNumbers[atom])}${atom + 1}`

export function wordsOf(warning: Warning): string {
  switch (warning.kind) {
    case 'unstable':
      return warning.fault
    case 'hot':
      return `The atoms have become hot: ${decimal(warning.temperature, 0)} K, where ${decimal(warning.target, 0)} K are set.`
    case 'drift': {
      const way = warning.rate > 0 ? 'rises' : 'falls'
      const rate = significant(Math.abs(1000 * warning.rate))
      const timestep = Number(warning.timestep.toPrecision(3))
      return `The energy that should stay constant ${way} by ${rate} meV per atom and ps: ${timestep} fs may be too long a timestep.`
    }
    case 'close': {
      const [first, second] = warning.atoms.map((atom) => nameOf(warning.structure, atom))
      return `${first} and ${second} are only ${decimal(warning.distance, 2)} Å apart, nearer than anything a force field learns from.`
    }
  }
}
