import { styles } from '../../viewer/styles.ts'
import * as state from '../state.ts'

/** How atoms and bonds are drawn. */
export function StylePicker() {
  const { style } = state
  return (
    <fieldset class="segments" aria-label="Drawing style">
      {styles.map(({ name, title }, index) => (
        <button
          key={name}
          type="button"
          aria-pressed={style.value === name}
          title={`${title} (${index + 1})`}
          onClick={() => {
            style.value = name
          }}
        >
          <StyleGlyph name={name} />
          <span class="sr-only">{title}</span>
        </button>
      ))}
    </fieldset>
  )
}

function StyleGlyph({ name }: { name: string }) {
  if (name === 'points')
    return (
      <svg viewBox="0 0 28 20" width="28" height="20" aria-hidden="true" class="icon">
        {[
          [8, 6],
          [14, 4],
          [20, 7],
          [10, 13],
          [16, 11],
          [21, 15],
        ].map(([x, y]) => (
          <circle key={`${x}`} cx={x} cy={y} r="1.5" fill="currentColor" />
        ))}
      </svg>
    )
  if (name === 'tube')
    return (
      <svg viewBox="0 0 28 20" width="28" height="20" aria-hidden="true" class="icon">
        <path
          d="M4 13c4-9 7-9 10-3s6 6 10-3"
          fill="none"
          stroke="currentColor"
          stroke-width="4.2"
          stroke-linecap="round"
        />
      </svg>
    )
  const [ball, stick] = { 'ball-and-stick': [3.6, 1.6], 'space-filling': [6.2, 0], licorice: [2.2, 4.4] }[
    name
  ]!
  return (
    <svg viewBox="0 0 28 20" width="28" height="20" aria-hidden="true" class="icon">
      {stick > 0 && <path d="M9 10h10" stroke="currentColor" stroke-width={stick} opacity=".65" />}
      <circle cx="9" cy="10" r={ball} fill="currentColor" />
      <circle cx="19" cy="10" r={ball * 0.82} fill="currentColor" opacity={name === 'licorice' ? 1 : 0.75} />
    </svg>
  )
}
