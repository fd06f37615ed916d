import { signal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { trajectory } from '../playing/signals.ts'
import type { Session } from '../session.ts'
import * as state from '../state.ts'
import { CellEditor } from './cell-editor.tsx'
import { RedoIcon, UndoIcon } from './icons.tsx'

/** Whether what can be done to the cell is shown, also after the gallery has been closed meanwhile. */
const cellShown = signal(false)

const isReady = (session: Session | null) => session !== null && state.busy.value === null

/** New molecules from words, and edits of the whole structure. */
export function Build({ session }: { session: Session | null }) {
  const field = useRef<HTMLInputElement>(null)
  const { structure } = state
  const ready = isReady(session)
  const hasCell = structure.value?.cell != null
  return (
    <div class="build">
      <form
        class="smiles"
        onSubmit={(event) => {
          event.preventDefault()
          const smiles = field.current!.value.trim()
          if (smiles) void session?.loading.smiles(smiles)
        }}
      >
        <label class="sr-only" for="smiles">
          SMILES of a molecule
        </label>
        <input
          id="smiles"
          ref={field}
          type="text"
          data-testid="smiles"
          placeholder="SMILES, e.g. CCO"
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
        />
        <button type="submit" class="chip" disabled={!session}>
          Build
        </button>
      </form>
      <fieldset class="chips" aria-label="Edit the whole" disabled={!ready || trajectory.value !== null}>
        <button
          type="button"
          class="chip"
          data-testid="add-hydrogens"
          title="Adds the hydrogens that valences ask for"
          onClick={() => void session?.editing.addHydrogens()}
        >
          Add H
        </button>
        <button
          type="button"
          class="chip"
          data-testid="cell"
          aria-expanded={cellShown.value}
          aria-controls="cell-panel"
          title={hasCell ? 'Change the cell, repeat it or remove it' : 'Makes the whole periodic'}
          onClick={() => {
            cellShown.value = !cellShown.value
          }}
        >
          Cell
        </button>
        {!hasCell && (
          <button
            type="button"
            class="chip"
            title="A periodic box of water, 6 Å on every side"
            onClick={() => void session?.editing.addWater()}
          >
            Water
          </button>
        )}
      </fieldset>
      {cellShown.value && trajectory.value === null && <CellEditor session={session} disabled={!ready} />}
    </div>
  )
}

/** The last edit taken back, or done again. */
export function Undoing({ session }: { session: Session | null }) {
  const { undo, redo } = state.undoable.value
  return (
    <fieldset class="undoing" aria-label="Edits" disabled={!isReady(session) || trajectory.value !== null}>
      <button
        type="button"
        class="chip chip-icon"
        data-testid="undo"
        aria-label={undo ?? 'Nothing to undo'}
        title={undo ? `${undo} (Ctrl+Z)` : 'Nothing to undo'}
        disabled={!undo}
        onClick={() => void session?.editing.undo()}
      >
        <UndoIcon />
      </button>
      <button
        type="button"
        class="chip chip-icon"
        data-testid="redo"
        aria-label={redo ?? 'Nothing to redo'}
        title={redo ? `${redo} (Ctrl+Y)` : 'Nothing to redo'}
        disabled={!redo}
        onClick={() => void session?.editing.redo()}
      >
        <RedoIcon />
      </button>
    </fieldset>
  )
}
