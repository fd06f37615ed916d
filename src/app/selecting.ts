/** What is selected on the page, by pointing and by words. */
import {
  compactSelection,
  indicesOf,
  maskOf,
  type Subject,
  select as selected,
  subjectOf,
} from '../chemistry/selection/index.ts'
import { atomCount, type Structure } from '../chemistry/structure.ts'
import type { PickedAtom } from '../viewer/picker.ts'
import type { ViewerOptions } from '../viewer/viewer.ts'
import * as state from './state.ts'

/** What clicks, hovering and lines around atoms mean. */
export const pointing: ViewerOptions['pointing'] = {
  hover(picked, [x, y]) {
    const before = state.hovered.value
    if (picked) state.hovered.value = { picked, x, y }
    else if (before) state.hovered.value = null
  },
  click(picked, extend) {
    const { value } = state.selection
    if (!picked) {
      if (!extend && value.length) state.selection.value = []
    } else if (extend) select(toggled(value, picked))
    else select(value.length === 1 && value[0] === picked.atom ? [] : [picked.atom])
  },
  outline(corners) {
    state.surrounding.value = corners
  },
  surround(atoms, extend) {
    select(extend ? [...new Set([...state.selection.value, ...atoms])] : atoms)
  },
}

const toggled = (selection: readonly number[], { atom }: PickedAtom): readonly number[] =>
  selection.includes(atom) ? selection.filter((other) => other !== atom) : [...selection, atom]

/** Selects these atoms, counted from 0, in this order, and no others. */
export function select(atoms: readonly number[]): void {
  state.selection.value = atoms
}

export function selectAll(): void {
  const atoms = state.structure.value ? atomCount(state.structure.value) : 0
  select(Array.from({ length: atoms }, (_, atom) => atom))
}

export function invertSelection(): void {
  const chosen = new Set(state.selection.value)
  const { value } = state.structure
  if (value) select([...value.atomicNumbers.keys()].filter((atom) => !chosen.has(atom)))
}

/** The structure that selections in words are about, and its bonds. */
let subject: Subject | null = null

/**
 * Selects what words mean.
 * @param about atoms that the words are to be about: `same molecule as` these
 * @throws InputError naming the column of a mistake; what is selected stays
 */
export function selectByWords(words: string, about?: readonly number[]): void {
  const { value } = state.structure
  if (!value) return
  if (subject?.structure !== value) subject = subjectOf(value)
  const atoms = about && (about.length ? compactSelection(maskOf(about, atomCount(value))) : 'none')
  select([...indicesOf(selected(subject, atoms ? `${words} (${atoms})` : words))])
}

/** Whether these are the same atoms, moved, in another cell or under another force field. */
export const areSame = (before: Structure | null, after: Structure): boolean =>
  before !== null &&
  before.name === after.name &&
  String(before.atomicNumbers) === String(after.atomicNumbers)

/**
 * Another structure: its atoms are not those that were selected, unless they are the same ones.
 * @returns whether they are
 */
export function keepSelection(before: Structure | null, after: Structure): boolean {
  state.hovered.value = null
  if (areSame(before, after)) return true
  state.selection.value = []
  state.held.value = new Set()
  state.monitors.value = []
  return false
}
