/** Water around molecules: a periodic box of it, or a droplet. */

import { InputError } from '../../errors.ts'
import { elementOf } from '../elements.ts'
import { makeGrid } from '../grid.ts'
import { randomNumbers } from '../random.ts'
import { atomCount, type Structure } from '../structure.ts'
import { mergeStructures } from './per-atom.ts'

export interface WaterOptions {
  /** box: a periodic, rectangular cell filled with water; shell: a droplet, an open system. */
  readonly shape: 'box' | 'shell'
  /** Å of water on every side of the molecule; a box is up to 4.9 Å wider, to hold whole cells of the lattice. */
  readonly thickness: number
  /** The same seed turns the molecules the same way. */
  readonly seed?: number
}

/** Molecules per Å³: 0.997 g/cm³ at 298 K over 18.015 u. */
export const WATER_DENSITY = 0.03333
/**
 * Å, edge of a face-centred cubic lattice of that density. Its sites are 3.49 Å apart, so that molecules may be turned in any
 * way: their hydrogens stay 1.5 Å from each other. It melts within a picosecond.
 */
const LATTICE = (4 / WATER_DENSITY) ** (1 / 3)
const SITES = [
  [0.25, 0.25, 0.25],
  [0.75, 0.75, 0.25],
  [0.75, 0.25, 0.75],
  [0.25, 0.75, 0.75],
] as const
/** Å and radians of a free molecule. */
const BOND = 0.9572
const HALF_ANGLE = (104.52 / 2 / 180) * Math.PI
/** Å: no oxygen nearer to an atom of the molecule, whatever it is. */
const NEAREST_OXYGEN = 2.4
/** Of the sum of van der Waals radii: how near oxygens come to larger atoms. */
const CONTACT = 0.8
/** Å: no hydrogen nearer. */
const NEAREST_HYDROGEN = 1.6
const TURNS = 20
const MOST_MOLECULES = 200_000

/**
 * A structure with water around it at liquid density. No oxygen of water is nearer than 2.4 Å to its atoms, no hydrogen
 * nearer than 1.6 Å. Relax it before it moves.
 * @throws InputError for a structure that is periodic already, a thickness that is not above 0, and for too much water
 */
export const surroundWithWater = (
  structure: Structure,
  { shape, thickness, seed = 0 }: WaterOptions,
): Structure => {
  const { name, periodic } = structure
  if (periodic.includes(true))
    throw new InputError(`${name} is periodic already; remove its cell before it is put into water.`)
  if (!(thickness > 0 && Number.isFinite(thickness)))
    throw new InputError(`The thickness of the water must be a number of Å above 0, not ${thickness}.`)
  const { least, extent } = boundsOf(structure)
  const cells = extent.map((length) => Math.ceil((length + 2 * thickness) / LATTICE))
  if (4 * cells[0] * cells[1] * cells[2] > MOST_MOLECULES)
    throw new InputError(
      `That much water is more than ${MOST_MOLECULES.toLocaleString('en')} molecules; make it thinner.`,
    )
  const edges = cells.map((count) => count * LATTICE)
  const corner = least.map((x, k) => x - (edges[k] - extent[k]) / 2)
  // The molecule in the middle of a cell that begins at the origin.
  const solute: Structure = {
    ...structure,
    positions: structure.positions.map((x, i) => x - corner[i % 3]),
    cell: shape === 'box' ? [edges[0], 0, 0, 0, edges[1], 0, 0, 0, edges[2]] : null,
    periodic: shape === 'box' ? [true, true, true] : [false, false, false],
  }
  const oxygens = sitesAround(solute, cells, shape === 'shell' ? thickness : Number.POSITIVE_INFINITY)
  return mergeStructures(solute, turned(oxygens, solute, seed))
}

const boundsOf = ({ positions }: Structure) => {
  const least = [0, 1, 2].map((k) => positions.reduce((a, x, i) => (i % 3 === k ? Math.min(a, x) : a), 1e300))
  const most = [0, 1, 2].map((k) => positions.reduce((a, x, i) => (i % 3 === k ? Math.max(a, x) : a), -1e300))
  return { least, extent: most.map((x, k) => x - least[k]) }
}

/** The solute's atoms near a place in Å. */
const gridOf = (solute: Structure, cutoff: number) => {
  const grid = makeGrid(solute.cell, solute.periodic, cutoff, atomCount(solute))
  const { positions } = solute
  for (let atom = 0; atom < atomCount(solute); atom++)
    grid.add(atom, positions[3 * atom], positions[3 * atom + 1], positions[3 * atom + 2])
  return grid
}

type Place = readonly [number, number, number]

/** Sites of the lattice that the solute leaves free, no farther from it than a distance in Å. */
const sitesAround = (solute: Structure, cells: readonly number[], farthest: number): Place[] => {
  const oxygen = elementOf(8).vdwRadius
  const limits = Float64Array.from(solute.atomicNumbers, (z) =>
    Math.max(NEAREST_OXYGEN, CONTACT * (elementOf(z).vdwRadius + oxygen)),
  )
  const contact = gridOf(
    solute,
    limits.reduce((a, b) => Math.max(a, b)),
  )
  const reach = Number.isFinite(farthest) ? gridOf(solute, farthest) : null
  const free: Place[] = []
  for (let a = 0; a < cells[0]; a++)
    for (let b = 0; b < cells[1]; b++)
      for (let c = 0; c < cells[2]; c++)
        for (const [u, v, w] of SITES) {
          const place: Place = [(a + u) * LATTICE, (b + v) * LATTICE, (c + w) * LATTICE]
          let [clash, inside] = [false, reach === null]
          contact.near(...place, (atom, distance) => {
            clash = distance < limits[atom]
            return clash
          })
          if (clash) continue
          reach?.near(...place, () => {
            inside = true
            return true
          })
          if (inside) free.push(place)
        }
  return free
}

/** Water on oxygens' places, each turned at random; where the solute is near, the best of several turns. */
const turned = (oxygens: readonly Place[], solute: Structure, seed: number): Structure => {
  const random = randomNumbers(seed)
  const near = gridOf(solute, NEAREST_HYDROGEN)
  const positions: number[] = []
  for (const place of oxygens) {
    for (let turn = 0; turn < TURNS; turn++) {
      const hydrogens = hydrogensOf(place, random)
      let clash = false
      for (const hydrogen of hydrogens)
        near.near(...hydrogen, () => {
          clash = true
          return true
        })
      if (clash) continue
      positions.push(...place, ...hydrogens[0], ...hydrogens[1])
      break
    }
  }
  const count = positions.length / 9
  return {
    name: 'Water',
    atomicNumbers: Uint8Array.from({ length: 3 * count }, (_, i) => (i % 3 === 0 ? 8 : 1)),
    positions: Float64Array.from(positions),
    cell: null,
    periodic: [false, false, false],
    labels: {
      atom: Array.from({ length: 3 * count }, (_, i) => ['O', 'H1', 'H2'][i % 3]),
      residue: Array.from({ length: 3 * count }, () => 'HOH'),
      residueNumber: Int32Array.from({ length: 3 * count }, (_, i) => Math.floor(i / 3) + 1),
      chain: Array.from({ length: 3 * count }, () => ''),
    },
  }
}

/** Both hydrogens, the molecule turned by a uniformly random rotation (Shoemake, Graphics Gems III, 1992). */
const hydrogensOf = ([x, y, z]: Place, random: () => number): [Place, Place] => {
  const [u, s, t] = [random(), 2 * Math.PI * random(), 2 * Math.PI * random()]
  const [m, n] = [Math.sqrt(1 - u), Math.sqrt(u)]
  const [i, j, k, w] = [m * Math.sin(s), m * Math.cos(s), n * Math.sin(t), n * Math.cos(t)]
  // First and second column of the rotation: where the molecule's axis and its side go.
  const axis = [1 - 2 * (j * j + k * k), 2 * (i * j + k * w), 2 * (i * k - j * w)]
  const side = [2 * (i * j - k * w), 1 - 2 * (i * i + k * k), 2 * (j * k + i * w)]
  const [along, across] = [BOND * Math.cos(HALF_ANGLE), BOND * Math.sin(HALF_ANGLE)]
  const at = (sign: number): Place => [
    x + along * axis[0] + sign * across * side[0],
    y + along * axis[1] + sign * across * side[1],
    z + along * axis[2] + sign * across * side[2],
  ]
  return [at(1), at(-1)]
}
