import type { Structure } from '../chemistry/structure.ts'
import { InputError } from '../errors.ts'
import { endingsOf } from '../formats/index.ts'
import type { ForceField } from '../models/force-field.ts'
import type { Loading } from './loading.ts'
import { pickFiles } from './pick-files.ts'
import { sameAtoms } from './playing/trajectory.ts'
import type { Action } from './state.ts'

/** A structure that a force field does not know the atoms of. */
export class Refusal extends InputError {
  constructor(
    message: string,
    readonly structure: Structure,
  ) {
    super(message)
  }
}

/** @throws Refusal in the force field's own words */
export function checkKnown(structure: Structure, field: ForceField): void {
  try {
    field.typesOf(structure)
  } catch (error) {
    throw error instanceof InputError ? new Refusal(error.message, structure) : error
  }
}

/** @param present what is on the page already: it need not be opened to be seen */
export function waysPast(error: unknown, present: Structure | null, loading: Loading): readonly Action[] {
  if (!(error instanceof Refusal)) return []
  const { structure } = error
  const look = { label: 'Open it to look only', run: () => void loading.look(structure) }
  const choose = async () => {
    const files = await pickFiles(endingsOf('checkpoint'))
    if (files.length) await loading.withModel(structure, files)
  }
  return [
    ...(present && sameAtoms(structure, present) ? [] : [look]),
    { label: 'Choose another model', run: () => void choose() },
  ]
}
