import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { messageOf } from '../../errors.ts'
import type { Session } from '../session.ts'
import * as state from '../state.ts'
import { plural } from '../words.ts'
import { Build, Undoing } from './build.tsx'
import { CloseIcon } from './icons.tsx'

interface Entry {
  readonly file: string
  /** What it stands among; entries of a group follow each other. */
  readonly group: string
  readonly title: string
  readonly line: string
  readonly atoms: number
  readonly formula: readonly (readonly [symbol: string, count: number])[]
  readonly provenance: string
}

const FOLDER = './structures/'
const entries = signal<readonly Entry[] | null>(null)

const loadEntries = async (): Promise<void> => {
  if (entries.value) return
  try {
    const response = await fetch(`${FOLDER}index.json`)
    if (!response.ok) throw new Error(`the server answered ${response.status}`)
    entries.value = await response.json()
  } catch (error) {
    state.notify('error', `The gallery could not be loaded: ${messageOf(error)}.`)
  }
}

export function Gallery({ session }: { session: Session | null }) {
  const open = state.openPanels.value.has('gallery')
  useEffect(() => {
    if (open) void loadEntries()
  }, [open])
  if (!open) return null
  const close = () => state.togglePanel('gallery', false)
  return (
    <section
      class="panel gallery"
      // A sheet that leaves nothing of a narrow page leaves no room to make, either.
      data-inset={state.isNarrow() ? undefined : 'left'}
      aria-label="Gallery"
      data-testid="gallery"
    >
      <header class="panel-head">
        <h2>Gallery</h2>
        <Undoing session={session} />
        <button type="button" class="tool" aria-label="Close the gallery" onClick={close}>
          <CloseIcon />
        </button>
      </header>
      <Build session={session} />
      <div class="scroll">
        {[...new Set(entries.value?.map(({ group }) => group))].map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <ul>
              {entries
                .value!.filter((entry) => entry.group === group)
                .map((entry) => (
                  <li key={entry.file}>
                    <EntryButton session={session} entry={entry} close={close} />
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </div>
    </section>
  )
}

function EntryButton({
  session,
  entry,
  close,
}: {
  session: Session | null
  entry: Entry
  close: () => void
}) {
  const path = FOLDER + entry.file
  return (
    <button
      type="button"
      class="entry"
      title={entry.provenance}
      aria-current={state.structure.value?.name === entry.title}
      disabled={!session}
      onClick={() => {
        if (state.isNarrow()) close()
        void session?.loading.gallery(path, entry.title)
      }}
    >
      <img src={path.replace(/\.xyz$/, '.svg')} alt="" width={72} height={54} loading="lazy" />
      <span class="entry-title">{entry.title}</span>
      <span class="entry-formula">
        <Formula parts={entry.formula} />
        <span class="sr-only">, </span>
        <span class="entry-atoms">{plural(entry.atoms, 'atom')}</span>
      </span>
      <span class="entry-line">{entry.line}</span>
    </button>
  )
}

const Formula = ({ parts }: { parts: Entry['formula'] }) => (
  <span>
    {parts.map(([symbol, count]) => (
      <span key={symbol}>
        {symbol}
        {count > 1 && <sub>{count}</sub>}
      </span>
    ))}
  </span>
)
