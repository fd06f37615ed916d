import type { Results } from '../results.ts'
import { sectionsOf, type Table } from '../tables.ts'

/** All tables of the results, in place of what was there. */
export function showResults(place: HTMLElement, results: Results): void {
  place.replaceChildren(
    ...sectionsOf(results).map(({ title, table }) => {
      const section = document.createElement('div')
      const heading = document.createElement('h2')
      heading.textContent = title
      section.append(heading, tableElement(table))
      return section
    }),
  )
}

function tableElement({ columns, rows }: Table): HTMLTableElement {
  const table = document.createElement('table')
  const line = (cells: readonly string[], tag: 'th' | 'td') => {
    const row = document.createElement('tr')
    for (const text of cells) {
      const cell = document.createElement(tag)
      cell.textContent = text
      row.append(cell)
    }
    return row
  }
  const head = table.createTHead()
  head.append(line(columns, 'th'))
  const body = table.createTBody()
  body.append(...rows.map((row) => line(row, 'td')))
  return table
}
