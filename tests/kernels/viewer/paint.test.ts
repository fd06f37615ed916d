import { describe, expect, test } from 'vitest'
import type { Structure } from '../../../src/chemistry/structure.ts'
import type { Gpu } from '../../../src/gpu/gpu.ts'
import { colorAt, linear } from '../../../src/viewer/color-maps.ts'
import { Painter } from '../../../src/viewer/painter.ts'
import { useGpu } from '../lib/device.ts'

const gpu = useGpu()

/** More than one workgroup of the range, and no multiple of one. */
const ATOMS = 300
const random = (n: number, seed: number) =>
  Float32Array.from({ length: n }, (_, i) => Math.sin(12.9898 * (i + seed)) * 2)

const structure: Structure = {
  name: 'cloud',
  atomicNumbers: new Uint8Array(ATOMS).fill(8),
  positions: new Float64Array(3 * ATOMS),
  cell: null,
  periodic: [false, false, false],
  columns: new Map([
    ['charge', { width: 1, values: Float64Array.from({ length: ATOMS }, (_, i) => (i % 3) - 1) }],
  ]),
}

async function painted(on: Gpu) {
  const data = {
    positions: random(4 * ATOMS, 1),
    velocities: random(4 * ATOMS, 2),
    forces: random(4 * ATOMS, 3),
  }
  const positionBuffer = on.bufferFrom('positions', data.positions)
  const velocityBuffer = on.bufferFrom('velocities', data.velocities)
  const forceBuffer = on.bufferFrom('forces', data.forces)
  const simulation = { atoms: ATOMS, origin: [0, 0, 0] as const, positionBuffer, velocityBuffer, forceBuffer }
  const owners = Uint32Array.from({ length: ATOMS }, (_, i) => Math.floor(i / 3))
  const painter = await Painter.create(on, structure, simulation, () => owners)
  const colors = async () => {
    on.submit('paint', painter.dispatches())
    return new Float32Array(await on.read(painter.colors))
  }
  return { painter, colors, data, positionBuffer }
}

const lengths = (vectors: Float32Array) =>
  Array.from({ length: ATOMS }, (_, i) => Math.hypot(...vectors.subarray(4 * i, 4 * i + 3)))

/** The largest difference of a colour from what is expected of its atom. */
const worst = (colors: Float32Array, expected: (atom: number) => readonly number[]) => {
  let most = 0
  for (let atom = 0; atom < ATOMS; atom++)
    expected(atom).forEach((x, k) => {
      most = Math.max(most, Math.abs(colors[4 * atom + k] - x))
    })
  return most
}

describe('colours of atoms', () => {
  test.each([
    ['speed', 'velocities', 1000, (v: Float32Array) => lengths(v)],
    ['force', 'forces', 1, (f: Float32Array) => lengths(f)],
    ['energy', 'forces', 1, (f: Float32Array) => Array.from({ length: ATOMS }, (_, i) => f[4 * i + 3])],
  ] as const)(
    'by %s: where each number is between the least and the largest',
    async (name, source, factor, numbers) => {
      const { painter, colors, data } = await painted(gpu())
      painter.setColoring(name)
      const values = numbers(data[source])
      const low = name === 'energy' ? Math.min(...values) : 0
      const high = Math.max(...values)
      const seen = await colors()
      const range = (await painter.range())!
      expect(range[0]).toBeCloseTo(low * factor, 3)
      expect(range[1]).toBeCloseTo(high * factor, 2)
      // 64 steps of the scale, straight lines between them.
      expect(
        worst(seen, (atom) => linear(colorAt('sequential', (values[atom] - low) / (high - low)))),
      ).toBeLessThan(3e-3)
      painter.destroy()
    },
  )

  test('by the way from the start, which can begin anew', async () => {
    const on = gpu()
    const { painter, colors, data, positionBuffer } = await painted(on)
    painter.setColoring('displacement')
    const moved = data.positions.map((x, i) => (i === 4 * 7 ? x + 2 : x))
    on.upload(positionBuffer, moved)
    const seen = await colors()
    const at = (place: number) => linear(colorAt('sequential', place))
    expect(worst(seen, (atom) => at(atom === 7 ? 1 : 0))).toBeLessThan(1e-5)
    expect((await painter.range())![1]).toBeCloseTo(2, 6)
    painter.begin()
    await colors()
    expect((await painter.range())![1]).toBe(0)
    painter.destroy()
  })

  test('by charge and molecule, and marks of what is selected', async () => {
    const { painter, colors } = await painted(gpu())
    painter.setColoring('charge')
    expect(await painter.range()).toEqual([-1, 1])
    expect(worst(await colors(), (atom) => linear(colorAt('diverging', (atom % 3) / 2)))).toBeLessThan(1e-6)
    painter.setColoring('molecule')
    const plain = await colors()
    const color = (atom: number, of = plain) => Array.from(of.subarray(4 * atom, 4 * atom + 3))
    expect(color(0)).toEqual(color(2))
    expect(color(2)).not.toEqual(color(3))
    painter.setMarks([5, 6], 6)
    const marked = await colors()
    expect([4, 5, 6].map((atom) => marked[4 * atom + 3])).toEqual([0, 1, 3])
    expect(color(4, marked)).toEqual(color(4))
    expect(color(5, marked)).not.toEqual(color(5))
    painter.destroy()
  })
})
