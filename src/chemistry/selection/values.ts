/** Numbers of atoms that selections compare. */

import { massesOf } from '../center.ts'
import type { Structure } from '../structure.ts'
import type { Subject } from './evaluate.ts'
import { complaint, likely } from './tokens.ts'

/** What programs call the charge of an atom, in units of e. */
const CHARGES = ['charge', 'charges', 'initial_charges', 'partial_charges', 'formal_charges']

/** Values every structure has. */
const builtIn: Readonly<Record<string, (subject: Subject) => (atom: number) => number>> = {
  x: ({ structure }) => coordinate(structure, 0),
  y: ({ structure }) => coordinate(structure, 1),
  z: ({ structure }) => coordinate(structure, 2),
  mass: ({ structure }) => {
    const masses = massesOf(structure)
    return (atom) => masses[atom]
  },
  index: () => (atom) => atom,
  serial: () => (atom) => atom + 1,
  molecule: (subject) => {
    const { of } = subject.molecules()
    return (atom) => of[atom]
  },
  numbonds: (subject) => {
    const partners = subject.partners()
    return (atom) => partners(atom).length
  },
}

const coordinate =
  ({ positions }: Structure, axis: number) =>
  (atom: number) =>
    positions[3 * atom + axis]

/**
 * The number that a name stands for: one of every structure's, or a column of this one with a single number per atom.
 * @throws InputError for a name that stands for none
 */
export const namedValue = (name: string, subject: Subject, column: number): ((atom: number) => number) => {
  if (Object.hasOwn(builtIn, name)) return builtIn[name](subject)
  const { labels, columns } = subject.structure
  if (name === 'resid' && labels) return (atom) => labels.residueNumber[atom]
  for (const candidate of name === 'charge' ? CHARGES : [name]) {
    const found = columns?.get(candidate)
    if (found?.width === 1) return (atom) => found.values[atom]
  }
  const own = [...(columns ?? [])].filter(([, { width }]) => width === 1).map(([key]) => key)
  const charge = own.some((key) => CHARGES.includes(key)) ? ['charge'] : []
  const known = [...Object.keys(builtIn), ...(labels ? ['resid'] : []), ...charge, ...own]
  const guess = likely(name, known)
  throw complaint(
    column,
    `these atoms have no value "${name}"; ${guess ? `did you mean "${guess}"` : `there are ${known.join(', ')}`}`,
  )
}
