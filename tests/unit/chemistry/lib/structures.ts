import { readFileSync } from 'node:fs'
import { speciesOf } from '../../../../src/chemistry/elements.ts'
import type { Cell, Periodicity, Structure } from '../../../../src/chemistry/structure.ts'
import { readXyz } from '../../../../src/formats/index.ts'

export const open: Periodicity = [false, false, false]
export const all: Periodicity = [true, true, true]

/** Atoms by symbol and place in Å; periodic along all axes if there is a cell. */
export const atoms = (
  rows: readonly (readonly [symbol: string, x: number, y: number, z: number])[],
  cell: Cell | null = null,
  more: Partial<Structure> = {},
): Structure => ({
  name: 'atoms',
  atomicNumbers: Uint8Array.from(rows, ([symbol]) => speciesOf(symbol)!.atomicNumber),
  positions: Float64Array.from(rows.flatMap(([, x, y, z]) => [x, y, z])),
  cell,
  periodic: cell ? all : open,
  ...more,
})

export const cube = (edge: number): Cell => [edge, 0, 0, 0, edge, 0, 0, 0, edge]

/** A structure of the page's gallery. */
export const gallery = (name: string): Structure =>
  readXyz(
    readFileSync(new URL(`../../../../public/structures/${name}.xyz`, import.meta.url), 'utf8'),
    name,
  )[0]
