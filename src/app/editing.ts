import { changeElement, deleteAtoms, duplicateAtoms } from '../chemistry/edit/atoms.ts'
import { removeCell, supercell } from '../chemistry/edit/cells.ts'
import { type Enclosure, enclose } from '../chemistry/edit/enclosing.ts'
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
  private last: Promise<void> = Promise.resolve()

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

  /** Another cell, or the first one of an open molecule. */
  setCell(enclosure: Enclosure): Promise<void> {
    return this.edit('set the cell', (structure) => enclose(structure, enclosure))
  }

  /** @param counts of copies along a, b and c */
  repeatCell(counts: readonly [number, number, number]): Promise<void> {
    return this.edit(`repeat the cell ${counts.join(' × ')}`, (structure) => {
      if (counts.every((count) => count === 1))
        throw new InputError('A supercell of 1 × 1 × 1 is the cell itself; repeat it along some axis.')
      return supercell(structure, counts)
    })
  }

  removeCell(): Promise<void> {
    return this.edit('remove the cell', removeCell)
  }

  private edit(label: string, make: (structure: Structure) => Structure): Promise<void> {
    return this.inTurn(async () => {
      let before: Structure | null = null
      const done = await this.editable.put(`Editing: ${label}…`, async () => {
        before = await this.editable.present()
        if (!before)
          throw new InputError(
            'There is nothing to edit here: simulate from a frame of the trajectory first.',
          )
        return make(before)
      })
      if (!done || !before) return
      this.past.push(before, label)
      this.tell()
    })
  }

  undo(): Promise<void> {
    return this.travel('undo')
  }

  redo(): Promise<void> {
    return this.travel('redo')
  }

  private travel(way: 'undo' | 'redo'): Promise<void> {
    return this.inTurn(async () => {
      const present = await this.editable.present()
      const other = present && this.past[way](present)
      if (!other) return
      // What cannot be simulated is still one step away.
      if (!(await this.editable.put('Editing…', async () => other)))
        this.past[way === 'undo' ? 'redo' : 'undo'](other)
      this.tell()
    })
  }

  /** What is asked for in quick succession must not take the structure of an edit ago for the present one. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.last.then(work)
    this.last = done.catch(() => {})
    return done
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
