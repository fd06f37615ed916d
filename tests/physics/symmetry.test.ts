import { beforeAll, describe, expect, test } from 'vitest'
import type { Structure } from '../../src/chemistry/structure.ts'
import type { Gpu } from '../../src/gpu/gpu.ts'
import { requestNodeGpu } from '../../src/gpu/node.ts'
import { type Evaluation, evaluate } from '../../src/models/evaluate.ts'
import type { ForceField } from '../../src/models/force-field.ts'
import { bundledField, copies, ethanol, water } from './lib/bundled.ts'

/** Ethanol bent out of its minimum, so that every force is of the order of 1 eV/Å. */
const bent = (): Structure => {
  const structure = ethanol()
  return { ...structure, positions: structure.positions.map((x, i) => x + 0.06 * Math.sin(7.3 * i + 1)) }
}

/** Rotation by 2 rad about (1, 2, 3), row-major. */
const rotation = (() => {
  const axis = [1, 2, 3].map((x) => x / Math.sqrt(14))
  const [c, s] = [Math.cos(2), Math.sin(2)]
  const epsilon = [
    [0, -axis[2], axis[1]],
    [axis[2], 0, -axis[0]],
    [-axis[1], axis[0], 0],
  ]
  return [0, 1, 2].map((i) =>
    [0, 1, 2].map((j) => (i === j ? c : 0) + (1 - c) * axis[i] * axis[j] + s * epsilon[i][j]),
  )
})()

const transformed = (matrix: readonly (readonly number[])[], rows: Float64Array): Float64Array =>
  rows.map((_, i) => matrix[i % 3].reduce((sum, x, k) => sum + x * rows[i - (i % 3) + k], 0))

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i])))

describe('symmetry of energy and forces on the GPU', () => {
  let gpu: Gpu
  let field: ForceField
  let original: Evaluation
  const run = async (structure: Structure) => (await evaluate(gpu, field, [structure]))[0]

  beforeAll(async () => {
    gpu = await requestNodeGpu()
    field = await bundledField()
    original = await run(bent())
    expect(Math.max(...original.forces.map(Math.abs))).toBeGreaterThan(1)
  })

  // Forces are a few eV/Å: 2e-5 is a handful of float32 roundings.
  test.each([
    ['a rotation', rotation],
    ['an inversion', rotation.map((row) => row.map((x) => -x))],
  ])('forces follow %s', async (_, matrix) => {
    const structure = bent()
    const turned = await run({ ...structure, positions: transformed(matrix, structure.positions) })
    expect(Math.abs(turned.energy - original.energy)).toBeLessThan(5e-6)
    expect(largest(turned.forces, transformed(matrix, original.forces))).toBeLessThan(2e-5)
  })

  test('nothing changes under a translation, even a long one', async () => {
    const structure = bent()
    const moved = await run({
      ...structure,
      positions: structure.positions.map((x, i) => x + [1000.5, -2000.25, 500][i % 3]),
    })
    expect(Math.abs(moved.energy - original.energy)).toBeLessThan(5e-6)
    expect(largest(moved.forces, original.forces)).toBeLessThan(2e-5)
  })

  test('forces follow a permutation of the atoms', async () => {
    const structure = bent()
    const order = [4, 0, 8, 2, 6, 1, 7, 3, 5]
    const rows = (values: Float64Array) =>
      Float64Array.from(order.flatMap((i) => Array.from(values.slice(3 * i, 3 * i + 3))))
    const shuffled = await run({
      ...structure,
      atomicNumbers: Uint8Array.from(order, (i) => structure.atomicNumbers[i]),
      positions: rows(structure.positions),
    })
    expect(Math.abs(shuffled.energy - original.energy)).toBeLessThan(5e-6)
    expect(largest(shuffled.forces, rows(original.forces))).toBeLessThan(2e-5)
  })

  test("Newton's third law: forces and torques add up to nothing", () => {
    const { positions } = bent()
    const { forces } = original
    for (let k = 0; k < 3; k++) {
      const [a, b] = [(k + 1) % 3, (k + 2) % 3]
      let force = 0
      let torque = 0
      for (let i = 0; i < forces.length; i += 3) {
        force += forces[i + k]
        torque += positions[i + a] * forces[i + b] - positions[i + b] * forces[i + a]
      }
      expect(Math.abs(force)).toBeLessThan(1e-5)
      expect(Math.abs(torque)).toBeLessThan(3e-5)
    }
  })

  test('molecules beyond the cutoff do not feel each other', async () => {
    const one = await run(water())
    const two = await run(
      copies(water(), [
        [0, 0, 0],
        [20, 0, 0],
      ]),
    )
    expect(Math.abs(two.energy - 2 * one.energy)).toBeLessThan(1e-5)
    expect(largest(two.forces.slice(9), one.forces)).toBeLessThan(1e-5)
  })

  test('a periodic crystal does not notice how its atoms are wrapped, nor which cell describes it', async () => {
    const box = 4.2
    const small: Structure = {
      ...water(),
      cell: [box, 0, 0, 0, box, 0, 0, 0, box],
      periodic: [true, true, true],
    }
    const reference = await run(small)
    const wrapped = await run({
      ...small,
      positions: small.positions.map(
        (x, i) => x + box * [0, 3, -2][Math.floor(i / 3)] * (i % 3 === 1 ? 1 : 0),
      ),
    })
    expect(Math.abs(wrapped.energy - reference.energy)).toBeLessThan(1e-5)
    expect(largest(wrapped.forces, reference.forces)).toBeLessThan(5e-5)
    const double: Structure = {
      ...copies(small, [
        [0, 0, 0],
        [box, 0, 0],
      ]),
      cell: [2 * box, 0, 0, 0, box, 0, 0, box, box],
    }
    const supercell = await run(double)
    expect(Math.abs(supercell.energy - 2 * reference.energy)).toBeLessThan(2e-5)
    expect(largest(supercell.stress!, reference.stress!)).toBeLessThan(1e-6)
  })
})
