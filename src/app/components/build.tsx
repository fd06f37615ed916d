import { useRef } from 'preact/hooks'
import { trajectory } from '../playing/signals.ts'
import type { Session } from '../session.ts'
import * as state from '../state.ts'
import { RedoIcon, UndoIcon } from './icons.tsx'

/** New molecules from words, and edits of the whole structure. */
export function Build({ session }: { session: Session | null }) {
  const field = useRef<HTMLInputElement>(null)
  const { structure, busy, undoable } = state
  const ready = session !== null && busy.value === null
  const { undo, redo } = undoable.value
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
          placeholder="SMILES, e.g. CC(=O)OC"
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
        {hasCell ? (
          <button type="button" class="chip" onClick={() => void session?.editing.removeCell()}>
            Remove cell
          </button>
        ) : (
          <button
            type="button"
            class="chip"
            title="A periodic box of water, 6 Å on every side"
            onClick={() => void session?.editing.addWater()}
          >
            Water
          </button>
        )}
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
    </div>
  )
}
