import { readFile } from 'node:fs/promises'
import type { Structure } from '../../../src/chemistry/structure.ts'
import { readCheckpoint, readXyz } from '../../../src/formats/index.ts'
import type { ForceField } from '../../../src/models/force-field.ts'
import { loadForceField } from '../../../src/models/registry.ts'

/** The force field that ships with the page. */
export async function bundledField(): Promise<ForceField> {
  const name = 'et-gfn2-small.ckpt'
  const bytes = await readFile(new URL(`../../../public/models/${name}`, import.meta.url))
  return loadForceField(await readCheckpoint(new Uint8Array(bytes), name))
}

export const water = (): Structure =>
  readXyz('3\nwater\nO 0.0 0.0 0.1173\nH 0.0 0.7572 -0.4692\nH 0.0 -0.7572 -0.4692\n', 'water')[0]

export const ethanol = (): Structure =>
  readXyz(
    `9
ethanol, GFN2-xTB geometry
C -0.7516 0.0225 -0.0465
C 0.5558 -0.7421 0.1284
O 1.6417 0.1552 0.0147
H -1.6043 -0.6541 0.0384
H -0.8303 0.7937 0.7213
H -0.7798 0.5042 -1.0250
H 0.6204 -1.5147 -0.6464
H 0.5693 -1.2259 1.1124
H 2.4533 -0.3556 0.1174
`,
    'ethanol',
  )[0]

/** Several copies of a structure as one, each moved by an offset in Å. */
export function copies(
  structure: Structure,
  offsets: readonly (readonly [number, number, number])[],
): Structure {
  return {
    ...structure,
    atomicNumbers: Uint8Array.from(offsets.flatMap(() => Array.from(structure.atomicNumbers))),
    positions: Float64Array.from(
      offsets.flatMap((offset) => Array.from(structure.positions, (x, i) => x + offset[i % 3])),
    ),
  }
}

/** Two clusters of five waters that fly into each other's reach: the pairs at the start do not suffice. */
export function colliding(): Structure {
  const cluster = copies(water(), [
    [0, 0, 0],
    [0, 3, 0],
    [0, 0, 3],
    [0, 3, 3],
    [0, 6, 0],
  ])
  const both = copies(cluster, [
    [0, 0, 0],
    [8, 0, 0],
  ])
  const velocities = Float64Array.from({ length: 90 }, (_, i) => (i % 3 === 0 ? (i < 45 ? 0.08 : -0.08) : 0))
  return { ...both, velocities }
}
