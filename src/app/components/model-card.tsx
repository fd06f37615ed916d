import { symbolOf } from '../../chemistry/elements.ts'
import * as state from '../state.ts'
import { decimal } from '../words.ts'
import { CloseIcon } from './icons.tsx'

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

/** What the force field is, out of its own file. */
export function CardPanel() {
  const card = state.card.value
  if (!card || !state.openPanels.value.has('card')) return null
  const facts: Row[] = [
    ['Architecture', card.architecture],
    ['Parameters', decimal(card.parameterCount, 0)],
    ['Elements', card.elements ? card.elements.map(symbolOf).join(' ') : 'the file does not tell'],
    ['Cutoff', `${card.cutoff} Å`],
    ['Energy unit', card.energyUnit.name === 'eV' ? 'eV' : `${card.energyUnit.name} (shown in eV)`],
    ['Priors', card.priors.length ? card.priors.join(', ') : 'none'],
    ...(card.output === 'energy' ? [] : [['Predicts', card.output] as const]),
  ]
  return (
    <section class="panel card" aria-label="Force field" data-testid="model-card">
      <header class="panel-head">
        <h2>{card.title}</h2>
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
      <div class="scroll" tabIndex={0}>
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
        {card.about.length > 0 && (
          <>
            <h3>About</h3>
            <Rows rows={card.about} />
          </>
        )}
        <h3>Hyperparameters</h3>
        <Rows rows={card.hyperparameters} />
      </div>
    </section>
  )
}
