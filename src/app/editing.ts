import { changeElement, deleteAtoms, duplicateAtoms } from '../chemistry/edit/atoms.ts'
import { removeCell } from '../chemistry/edit/cells.ts'
import { addHydrogens } from '../chemistry/edit/hydrogens.ts'
import { surroundWithWater } from '../chemistry/edit/water.ts'
import { symbolOf } from '../chemistry/elements.ts'
import type { Structure } from '../chemistry/structure.ts'
import { InputError } from '../errors.ts'
import { select } from './selecting.ts'
import * as state from './state.ts'
import { type UndoStack, undoStack } from './undo.ts'
import { plural } from './words.ts'

/** Å of water on every side. */
const WATER = 6

/** What an edit needs of whoever runs the simulation. */
export interface Editable {
  /** The structure with its atoms where they are now; null while there is none. */
  present(): Promise<Structure | null>
  /** Simulates another structure with the same force field; a failure is told and changes nothing. */
  put(words: string, make: () => Promise<Structure>): Promise<boolean>
}

/** Edits of the structure, each of which can be undone. */
export class Editing {
  private readonly past: UndoStack<Structure> = undoStack()

  constructor(private readonly editable: Editable) {}

  remove(): Promise<void> {
    const chosen = state.selection.value
    return this.edit(`delete ${plural(chosen.length, 'atom')}`, (structure) => deleteAtoms(structure, chosen))
  }

  duplicate(): Promise<void> {
    const chosen = state.selection.value
    return this.edit(`duplicate ${plural(chosen.length, 'atom')}`, (structure) =>
      duplicateAtoms(structure, chosen),
    )
  }

  mutate(atomicNumber: number): Promise<void> {
    const chosen = state.selection.value
    return this.edit(`change to ${symbolOf(atomicNumber)}`, (structure) =>
      changeElement(structure, chosen, atomicNumber),
    )
  }

  addHydrogens(): Promise<void> {
    return this.edit('add hydrogens', (structure) => {
      const whole = addHydrogens(structure)
      if (whole === structure) throw new InputError('Every atom has its hydrogens already.')
      return whole
    })
  }

  addWater(): Promise<void> {
    return this.edit('surround with water', (structure) =>
      surroundWithWater(structure, { shape: 'box', thickness: WATER }),
    )
  }

  removeCell(): Promise<void> {
    return this.edit('remove the cell', removeCell)
  }

  private async edit(label: string, make: (structure: Structure) => Structure): Promise<void> {
    let before: Structure | null = null
    const done = await this.editable.put(`Editing: ${label}…`, async () => {
      before = await this.editable.present()
      if (!before)
        throw new InputError('There is nothing to edit here: simulate from a frame of the trajectory first.')
      return make(before)
    })
    if (!done || !before) return
    this.past.push(before, label)
    this.tell()
  }

  undo(): Promise<void> {
    return this.travel('undo')
  }

  redo(): Promise<void> {
    return this.travel('redo')
  }

  private async travel(way: 'undo' | 'redo'): Promise<void> {
    const present = await this.editable.present()
    const other = present && this.past[way](present)
    if (!other) return
    // What cannot be simulated is still one step away.
    if (!(await this.editable.put('Editing…', async () => other)))
      this.past[way === 'undo' ? 'redo' : 'undo'](other)
    this.tell()
  }

  /** Another structure was opened: there is nothing to undo in it. */
  clear(): void {
    this.past.clear()
    this.tell()
  }

  private tell(): void {
    select([])
    state.undoable.value = { undo: this.past.undoLabel, redo: this.past.redoLabel }
  }
}
