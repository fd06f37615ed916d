/** Edits that can be undone, each with the words for it. */

/** A value before or after an edit. */
interface Edit<T> {
  readonly value: T
  /** What was done: `delete 3 atoms`. */
  readonly label: string
}

export interface UndoStack<T> {
  /** Remembers the value that an edit is about to change; what was undone before is forgotten. */
  push(before: T, label: string): void
  /** Gives back the value before the last edit, or null; the present one can be had again by `redo`. */
  undo(present: T): T | null
  /** Gives back the value that `undo` took away, or null. */
  redo(present: T): T | null
  /** `Undo delete 3 atoms`, or null where there is nothing to undo. */
  readonly undoLabel: string | null
  readonly redoLabel: string | null
  clear(): void
}

/** @param most edits that are remembered; the oldest go first */
export const undoStack = <T>(most = 50): UndoStack<T> => {
  let done: Edit<T>[] = []
  let undone: Edit<T>[] = []
  const move = (from: Edit<T>[], to: Edit<T>[], present: T): T | null => {
    const edit = from.pop()
    if (!edit) return null
    to.push({ value: present, label: edit.label })
    return edit.value
  }
  const labelOf = (verb: string, edits: readonly Edit<T>[]) => {
    const last = edits.at(-1)
    return last ? `${verb} ${last.label}` : null
  }
  return {
    push(before, label) {
      done.push({ value: before, label })
      if (done.length > most) done.shift()
      undone = []
    },
    undo: (present) => move(done, undone, present),
    redo: (present) => move(undone, done, present),
    get undoLabel() {
      return labelOf('Undo', done)
    },
    get redoLabel() {
      return labelOf('Redo', undone)
    },
    clear() {
      done = []
      undone = []
    },
  }
}
