import { symbolOf } from '../../chemistry/elements.ts'
import { nameOfAtom } from '../measuring.ts'
import * as state from '../state.ts'
import { decimal, significant } from '../words.ts'

/** What is said and drawn over the picture where the pointer is. */
export function Overlay() {
  return (
    <>
      <AtomTip />
      <Surrounding />
    </>
  )
}

/** The atom under the pointer: its name, its force, its share of the energy. */
function AtomTip() {
  const { hovered, structure, held, tool } = state
  const { value } = hovered
  if (!value || !structure.value || tool.value === 'select') return null
  const { picked, x, y } = value
  const { atom, force, energy, velocity } = picked
  const { labels, atomicNumbers } = structure.value
  if (atom >= atomicNumbers.length) return null
  const residue = labels && `${labels.atom[atom]} · ${labels.residue[atom]} ${labels.residueNumber[atom]}`
  const rows = [
    ['force', force && `${significant(Math.hypot(...force))} eV/Å`],
    ['speed', velocity && `${significant(1000 * Math.hypot(...velocity))} Å/ps`],
    ['energy', energy !== null && `${decimal(energy, 3)} eV`],
  ] as const
  return (
    <div
      class="tip"
      data-testid="atom-tip"
      data-left={x > innerWidth - 220}
      data-up={y > innerHeight - 160}
      ref={(element) => {
        // Not an attribute: the page's policy allows no inline styles.
        element?.style.setProperty('--x', `${x}px`)
        element?.style.setProperty('--y', `${y}px`)
      }}
    >
      <strong>{nameOfAtom(structure.value, atom)}</strong>{' '}
      <span class="fine">{held.value.has(atom) ? 'pinned' : symbolOf(atomicNumbers[atom]) && residue}</span>
      <dl>
        {rows.map(
          ([name, text]) =>
            text && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{text}</dd>
              </div>
            ),
        )}
      </dl>
    </div>
  )
}

/** The box or line that is being drawn around atoms. */
function Surrounding() {
  const corners = state.surrounding.value
  if (!corners) return null
  return (
    <svg class="surrounding" aria-hidden="true">
      <polygon points={corners.map((corner) => corner.join()).join(' ')} />
    </svg>
  )
}
