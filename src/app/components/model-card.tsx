import { useEffect, useRef } from 'preact/hooks'
import { symbolOf } from '../../chemistry/elements.ts'
import type { ModelCard } from '../../models/force-field.ts'
import type { Waiting } from '../files.ts'
import type { Session } from '../session.ts'
import * as state from '../state.ts'
import { decimal } from '../words.ts'
import { CloseIcon } from './icons.tsx'
import { Statements } from './statements.tsx'

type Row = readonly [name: string, value: string]

const Rows = ({ rows }: { rows: readonly Row[] }) => (
  <dl class="rows">
    {rows.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)

/** More elements in a row are told by the first and the last. */
const MOST_IN_A_ROW = 20

function elementsIn(elements: readonly number[]): string {
  const [first, last] = [elements[0], elements[elements.length - 1]]
  const inARow = elements.length > MOST_IN_A_ROW && last - first === elements.length - 1
  return inARow ? `${symbolOf(first)} to ${symbolOf(last)}` : elements.map(symbolOf).join(' ')
}

const unitIn = ({ energyUnit: { name, inEv } }: ModelCard): string =>
  name === 'eV' ? name : `${name} (shown ${inEv === 1 ? 'as' : 'in'} eV)`

/** What the force field is, out of its own file; or what has to be known before there is one. */
export function CardPanel({ session }: { session: Session | null }) {
  const { asking, card, openPanels } = state
  const scroll = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Whoever has answered by keyboard goes on in the card, not at the head of the page.
    if (!asking.value && document.activeElement === document.body) scroll.current?.focus()
  }, [asking.value])
  if (!openPanels.value.has('card')) return null
  const title = asking.value?.question.source ?? card.value?.title
  if (title === undefined) return null
  return (
    <section
      class="panel card"
      data-asking={asking.value !== null}
      aria-label="Force field"
      data-testid="model-card"
    >
      <header class="panel-head">
        <h2>{title}</h2>
        <button
          type="button"
          class="tool"
          aria-label="Close the card"
          onClick={() => state.togglePanel('card', false)}
        >
          <CloseIcon />
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by keyboard, too */}
      <div ref={scroll} class="scroll" tabIndex={0}>
        {asking.value ? (
          <Asking waiting={asking.value} session={session} />
        ) : (
          card.value && <Card card={card.value} session={session} />
        )}
      </div>
    </section>
  )
}

function Asking({ waiting, session }: { waiting: Waiting; session: Session | null }) {
  const { message, open } = waiting.question
  return (
    <Statements
      open={open}
      message={message}
      action="Load"
      disabled={!session}
      send={(answers) => void session?.loading.answer(answers)}
      leave={() => {
        state.asking.value = null
        state.togglePanel('card', false)
      }}
    />
  )
}

function Card({ card, session }: { card: ModelCard; session: Session | null }) {
  const facts: Row[] = [
    ['Architecture', card.architecture],
    ['Parameters', decimal(card.parameterCount, 0)],
    ['Elements', card.elements ? elementsIn(card.elements) : 'the file does not tell'],
    ['Cutoff', `${card.cutoff} Å`],
    ['Energy unit', unitIn(card)],
    ['Priors', card.priors.length ? card.priors.join(', ') : 'none'],
    ...(card.output === 'energy' ? [] : [['Predicts', card.output] as const]),
  ]
  return (
    <>
      <Rows rows={facts} />
      {card.notes.length > 0 && (
        <>
          <h3>To know</h3>
          <ul class="notes">
            {card.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </>
      )}
      {card.open.length > 0 && (
        <Statements
          open={card.open}
          action="Apply"
          disabled={!session}
          send={(answers) => void session?.loading.restate(answers)}
        />
      )}
      {card.about.length > 0 && (
        <>
          <h3>About</h3>
          <Rows rows={card.about} />
        </>
      )}
      <h3>Hyperparameters</h3>
      <Rows rows={card.hyperparameters} />
    </>
  )
}
