/** Frames of edges and the edges that go the other way, against Wigner D matrices in float64. */
import { describe, expect, test } from 'vitest'
import type { Cell, Structure } from '../../../src/chemistry/structure.ts'
import { TO_X } from '../../../src/models/equiformer/edge-tensors.ts'
import { frameLength } from '../../../src/models/equiformer/turn-source.ts'
import { wignerD } from '../../../src/models/irreps/rotation.ts'
import { edgeFrame } from '../../../src/reference/irreps/edge-frame.ts'
import { random } from '../../unit/reference/adjoint.ts'
import { expectClose } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { blank, run, systemOf } from '../lib/run.ts'
import { build, readEdges } from '../neighbors/lib/lists.ts'
import { matricesOf } from './lib/framed-edges.ts'

const gpu = useGpu()

const DEGREES = 4
const FRAME = frameLength(DEGREES)

/** Frames [edges, FRAME] and reverse edges of a list as shaders/neighbors/edge.wgsl has it. */
async function framesOf(edges: ArrayBufferView, rowStarts: Uint32Array) {
  const count = rowStarts.at(-1)!
  const axes = wignerD(DEGREES, TO_X).slice(1)
  const { frames, reverse } = await run(
    gpu(),
    'irreps/frames',
    { constants: { DEGREES, FRAME } },
    {
      system: systemOf(rowStarts.length - 1),
      ...{ edges, row_starts: rowStarts, axes: Float32Array.from(axes.flatMap((d) => [...d])) },
    },
    { frames: blank(count * FRAME), reverse: blank(count) },
    count,
  )
  return { frames, reverse: new Uint32Array(reverse.buffer, reverse.byteOffset, count) }
}

/** Edges of one atom in some directions, each 1 Å long. */
function edgesAlong(directions: readonly (readonly number[])[]): Uint8Array {
  const bytes = new ArrayBuffer(32 * directions.length)
  const view = new DataView(bytes)
  directions.forEach((unit, e) => {
    for (let c = 0; c < 3; c++) view.setFloat32(32 * e + 4 * c, unit[c], true)
    view.setFloat32(32 * e + 12, 1, true)
  })
  return new Uint8Array(bytes)
}

const unitOf = (vector: readonly number[]): number[] =>
  vector.map((x) => Math.fround(x / Math.hypot(...vector)))

/** From the poles, for all that float32 can tell. */
const far = ([x, , z]: readonly number[]): boolean => Math.hypot(x, z) > 1e-18

const axis = (k: number, sign: number) => [0, 1, 2].map((c) => (c === k ? sign : 0))

function aroundPoles(off: number): number[][] {
  const [a, b] = [0.6 * off, 0.8 * off]
  return [unitOf([off, 1, 0]), unitOf([0, 1, -off]), unitOf([a, -1, b]), unitOf([-off, -1, 0])]
}

/** Everywhere, along the axes, and so near the poles y and −y that float32 has hardly any of the angle there. */
const directions: Readonly<Record<string, readonly (readonly number[])[]>> = {
  'at random': Array.from({ length: 20 }, (_, n) => unitOf([...random(`direction ${n}`, 3)])),
  'along the axes': [0, 1, 2].flatMap((k) => [axis(k, 1), axis(k, -1)]),
  'near the poles': [1e-4, 1e-6, 1e-12].flatMap(aroundPoles),
  // The frames of the poles themselves: squares of these numbers are none that float32 has, or has with all its digits.
  'at the poles, but for numbers that are hardly any': [1e-20, 3e-23, 1e-30].flatMap(aroundPoles),
}

describe('irreps/frames', () => {
  test.each(Object.keys(directions))('directions %s', async (name) => {
    const units = directions[name]
    const { frames, reverse } = await framesOf(edgesAlong(units), Uint32Array.of(0, units.length))
    const expected = units.map((unit) => matricesOf(edgeFrame(far(unit) ? unit : [0, unit[1], 0]), DEGREES))
    expectClose(`frames ${name}`, frames, expected.flat(), 8e-7) // 2.7e-7 measured
    units.forEach((unit, e) => {
      // D[·, m] is the frame's axis m: y is the direction itself.
      const d = frames.subarray(e * FRAME, e * FRAME + 9)
      expectClose('y axis', [d[1], d[4], d[7]], unit, 2e-9) // 6.2e-10 measured
    })
    expectOrthogonal(name, frames)
    // Edges of an atom to itself that have no reverse in the list stay by themselves.
    units.forEach((unit, e) => {
      const back = units.findIndex((other) => other.every((x, c) => x === 0 - unit[c]))
      expect(reverse[e]).toBe(back < 0 ? e : back)
    })
  })

  test('an edge to itself has finite frames, of which nothing is asked', async () => {
    const { frames } = await framesOf(edgesAlong([[0, 0, 0]]), Uint32Array.of(0, 1))
    expect(frames.every(Number.isFinite)).toBe(true)
  })
})

/** DᵀD of every degree and edge against 1. */
function expectOrthogonal(label: string, frames: Float32Array): void {
  const products: number[] = []
  const ones: number[] = []
  for (let e = 0; e < frames.length; e += FRAME) {
    let first = e
    for (let l = 1; l <= DEGREES; l++) {
      const width = 2 * l + 1
      for (let k = 0; k < width * width; k++) {
        const [a, b] = [Math.floor(k / width), k % width]
        let sum = 0
        for (let m = 0; m < width; m++) sum += frames[first + m * width + a] * frames[first + m * width + b]
        products.push(sum)
        ones.push(a === b ? 1 : 0)
      }
      first += width * width
    }
  }
  expectClose(`orthogonality ${label}`, products, ones, 1.7e-6) // 5.7e-7 measured
}

const molecule = (cell: Cell | null, places: readonly number[]): Structure => ({
  name: 'a few atoms',
  atomicNumbers: new Uint8Array(places.length / 3).fill(1),
  positions: Float64Array.from(places),
  ...{ cell, periodic: cell ? [true, true, true] : [false, false, false] },
})

const structures: Readonly<Record<string, readonly Structure[]>> = {
  'two molecules': [
    molecule(null, [0, 0, 0, 1, 0.2, 0, 0, 1.4, 0.3, 2, 2, 1]),
    molecule(null, [0, 0, 0, 0, 1.1, 0]),
  ],
  'one atom whose images are all there is': [
    molecule([2.5, 0, 0, 0.75, 2.75, 0, 0.25, -0.5, 3], [0.3, 0.1, 0.2]),
  ],
  'a cubic cell, where many edges are as long as others': [
    molecule([3, 0, 0, 0, 3, 0, 0, 0, 3], [0, 0, 0, 1.5, 1.5, 0, 1.5, 0, 1.5]),
  ],
  'a triclinic cell much smaller than the cutoff': [
    molecule([2.25, 0, 0, 0.5, 2.5, 0, 0.25, -0.75, 2.75], [0, 0, 0, 1, 1.25, 1]),
  ],
}

describe('reverse edges of neighbour lists', () => {
  test.each(Object.keys(structures))('%s', async (name) => {
    const { atoms, list } = await build(gpu(), structures[name], { lower: 0, upper: 4.5 })
    const { rowStarts, edges } = await readEdges(gpu(), list, atoms.atoms)
    const bytes = new Uint8Array(await gpu().read(list.edges)).slice(0, 32 * edges.length)
    const { reverse } = await framesOf(bytes, rowStarts.slice())
    expect(edges.length).toBeGreaterThan(atoms.atoms)
    // Codes of images are negated, and those in the middle are 0.
    const middle = ((512 << 20) | (512 << 10) | 512) >>> 0
    edges.forEach((edge, e) => {
      const back = edges[reverse[e]]
      expect([back.source, back.receiver]).toEqual([edge.receiver, edge.source])
      expect(back.image + edge.image).toBe(2 * middle)
    })
    for (const thing of [list, atoms]) thing.destroy()
  })
})
