/** What is simulated: molecules of the gallery, balls of water in open space, and the gallery's water box repeated. */
import { atomCount, type Structure } from '../src/chemistry/structure.ts'
import { readXyz } from '../src/formats/index.ts'
import type { Host } from './host.ts'
import type { ModelName } from './models.ts'

export interface System {
  readonly name: string
  readonly atoms: number
  readonly periodic: boolean
  /** Models that it is run with; all, if left out. */
  readonly models?: readonly ModelName[]
  make(host: Host): Promise<Structure>
}

const molecule = (name: string, atoms: number): System => ({
  name,
  atoms,
  periodic: false,
  make: (host) => gallery(host, name),
})

const ball = (molecules: number): System => ({
  name: 'water ball',
  atoms: 3 * molecules,
  periodic: false,
  make: async (host) => waterBall(await gallery(host, 'water-box'), molecules),
})

const BOX_ATOMS = 96

const box = (repeats: readonly [number, number, number], models?: readonly ModelName[]): System => ({
  name: 'water box',
  atoms: BOX_ATOMS * repeats[0] * repeats[1] * repeats[2],
  periodic: true,
  models,
  make: async (host) => repeated(await gallery(host, 'water-box'), repeats),
})

/** From small to large, so that each tells what the next will cost. */
export const SYSTEMS: readonly System[] = [
  molecule('ethanol', 9),
  molecule('aspirin', 21),
  molecule('alanine-dipeptide', 22),
  box([1, 1, 1]),
  ball(33),
  box([1, 2, 2]),
  ball(133),
  ball(333),
  box([2, 2, 3]),
  box([2, 4, 5]),
  ball(1333),
  ball(3333),
  box([3, 5, 7]),
  box([7, 7, 11], ['small']),
]

async function gallery(host: Host, name: string): Promise<Structure> {
  const file = `${name}.xyz`
  return readXyz(new TextDecoder().decode(await host.read(`structures/${file}`)), file)[0]
}

/** The box beside itself, so many times along each of its vectors. */
export function repeated(
  { atomicNumbers, positions, cell, periodic }: Structure,
  repeats: readonly [number, number, number],
): Structure {
  const rows = cell!
  const shifts: number[][] = []
  for (let a = 0; a < repeats[0]; a++)
    for (let b = 0; b < repeats[1]; b++)
      for (let c = 0; c < repeats[2]; c++)
        shifts.push([0, 1, 2].map((k) => a * rows[k] + b * rows[3 + k] + c * rows[6 + k]))
  const grown = new Uint8Array(atomicNumbers.length * shifts.length)
  const moved = new Float64Array(positions.length * shifts.length)
  shifts.forEach((shift, copy) => {
    grown.set(atomicNumbers, copy * atomicNumbers.length)
    moved.set(
      positions.map((x, i) => x + shift[i % 3]),
      copy * positions.length,
    )
  })
  return {
    name: 'water box',
    atomicNumbers: grown,
    positions: moved,
    cell: rows.map((x, i) => x * repeats[Math.floor(i / 3)]) as unknown as Structure['cell'],
    periodic,
  }
}

/** The molecules nearest to the middle of a box of water, whose atoms are O H H of one molecule after the other. */
export function waterBall(water: Structure, molecules: number): Structure {
  const each = 3
  // A cube of so many boxes holds the ball, whose diameter is 1.24 times the side of a cube of its volume.
  const side = Math.ceil(1.3 * Math.cbrt((each * molecules) / atomCount(water))) + 1
  const { atomicNumbers, positions, cell } = repeated(water, [side, side, side])
  const middle = [0, 1, 2].map((k) => (cell![k] + cell![3 + k] + cell![6 + k]) / 2)
  const distance = (oxygen: number) =>
    Math.hypot(...middle.map((x, k) => positions[3 * each * oxygen + k] - x))
  const nearest = Array.from({ length: atomicNumbers.length / each }, (_, m) => m)
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, molecules)
  return {
    name: 'water ball',
    atomicNumbers: Uint8Array.from(
      nearest.flatMap((m) => Array.from(atomicNumbers.subarray(each * m, each * (m + 1)))),
    ),
    positions: Float64Array.from(
      nearest.flatMap((m) => Array.from(positions.subarray(3 * each * m, 3 * each * (m + 1)))),
    ),
    cell: null,
    periodic: [false, false, false],
  }
}
