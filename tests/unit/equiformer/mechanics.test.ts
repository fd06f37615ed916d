/** What the float64 Equiformer must do whatever its weights: derivatives, symmetry, crystals, lone atoms. */
import { describe, expect, test } from 'vitest'
import type { Cell } from '../../../src/chemistry/structure.ts'
import type { GoldenCase } from '../../../src/cli/golden/case.ts'
import { InputError } from '../../../src/errors.ts'
import { parseIrreps } from '../../../src/models/irreps/parse-irreps.ts'
import { rotationFromAngles, transformFeatures } from '../../../src/models/irreps/rotation.ts'
import { type EquiformerResult, evaluateEquiformer } from '../../../src/reference/equiformer/equiformer.ts'
import { equiformerCases } from '../../golden/cases.ts'
import { evaluateCase, largestDifference, loadEquiformer } from '../../golden/lib/equiformer.ts'
import { dot, random, slope } from '../reference/adjoint.ts'

const cases = await equiformerCases()
const named = (start: string): GoldenCase => cases.find(({ name }) => name.startsWith(start))!

/** Sums of products of size 1 in another order. */
const ROUNDING = 1e-12

const total = ({ output }: EquiformerResult): number => output.flat().reduce((sum, e) => sum + e, 0)

/** (1 + ε) v for every row. */
const strained = (strain: ArrayLike<number>, v: ArrayLike<number>): Float64Array =>
  Float64Array.from(v, (x, k) => {
    const [a, row] = [k % 3, k - (k % 3)]
    return x + strain[3 * a] * v[row] + strain[3 * a + 1] * v[row + 1] + strain[3 * a + 2] * v[row + 2]
  })

// Every kind of message and head, a crystal, and a batch.
describe.each([
  ...['md17_l2_small', 'md17_l2_linear', 'dp_', 'md17_l3_attnhead', 'dens', 'oc20'],
  ...['md17_l3_e3', 'qm9_l2_bessel'],
])('%s', (start) => {
  const golden = named(start)

  test('forces and virial are derivatives', async () => {
    const parameters = await loadEquiformer(golden, { mean: -3, std: 2.5 })
    const result = evaluateCase(parameters, golden)
    const direction = random('direction', result.forces.length)
    // No edge may cross the cutoff, where energies jump: a millionth of an ångström is far from it in all cases.
    const bySteps = slope(
      (positions) => total(evaluateCase(parameters, { ...golden, positions })),
      golden.positions,
      direction,
      1e-6,
    )
    expect(Math.abs(-dot(result.forces, direction) - bySteps)).toBeLessThan(1e-6 * Math.abs(bySteps))

    // A tenth of that: at 5 Å it moves atoms about as far.
    const strain = random('strain', 9)
    const byStrain = slope(
      (at) =>
        total(
          evaluateCase(parameters, {
            ...golden,
            positions: strained(at, golden.positions),
            cells: golden.cells.map((cell) => Array.from(strained(at, cell)) as unknown as Cell),
          }),
        ),
      new Float64Array(9),
      strain,
      1e-7,
    )
    expect(Math.abs(dot(result.virial, strain) - byStrain)).toBeLessThan(1e-5 * Math.abs(byStrain))
  })
})

describe('symmetry', () => {
  const rotation = rotationFromAngles(0.3, 1.1, -2)
  const turned = (matrix: ArrayLike<number>, v: Float64Array) =>
    transformFeatures(parseIrreps('1x1o'), matrix, v)

  test.each(['md17_l2_small', 'md17_l3_small', 'dp_', 'oc20'])('%s turns with its atoms', async (start) => {
    const golden = named(start)
    const parameters = await loadEquiformer(golden)
    const result = evaluateCase(parameters, golden)
    const again = evaluateCase(parameters, {
      ...golden,
      positions: turned(rotation, golden.positions),
      cells: golden.cells.map(
        (cell) => Array.from(turned(rotation, Float64Array.from(cell))) as unknown as Cell,
      ),
    })
    expect(largestDifference(again.output.flat(), result.output.flat())).toBeLessThan(ROUNDING)
    expect(largestDifference(again.forces, turned(rotation, result.forces))).toBeLessThan(ROUNDING)
    if (result.vectors) {
      expect(largestDifference(again.vectors!, turned(rotation, result.vectors))).toBeLessThan(ROUNDING)
    }
  })

  test.each([
    ['qm9_l2_e3', true],
    ['md17_l3_e3', true],
    ['md17_l2_small', false],
  ])('%s: a mirror image has the same energy: %s', async (start, same) => {
    const golden = named(start)
    const parameters = await loadEquiformer(golden)
    const result = evaluateCase(parameters, golden)
    const positions = golden.positions.map((x) => -x)
    const image = evaluateCase(parameters, { ...golden, positions })
    expect(largestDifference(image.output.flat(), result.output.flat()) < ROUNDING).toBe(same)
    expect(
      largestDifference(
        image.forces,
        result.forces.map((f) => -f),
      ) < ROUNDING,
    ).toBe(same)
  })

  test('molecules of a batch know nothing of each other', async () => {
    const golden = named('qm9_l2_e3')
    const parameters = await loadEquiformer(golden)
    const result = evaluateCase(parameters, golden)
    const first = Array.from(golden.batch).indexOf(1)
    const alone = evaluateCase(parameters, {
      ...golden,
      atomicNumbers: golden.atomicNumbers.slice(first),
      positions: golden.positions.slice(3 * first),
      batch: golden.batch.slice(first).map(() => 0),
    })
    expect(alone.output[0][0]).toBeCloseTo(result.output[1][0], 13)
    expect(largestDifference(alone.forces, result.forces.slice(3 * first))).toBeLessThan(ROUNDING)
  })
})

describe('a slab', () => {
  const golden = named('oc20')

  test('is the same when an atom is put into the next cell, or when it is two cells wide', async () => {
    const parameters = await loadEquiformer(golden)
    const result = evaluateCase(parameters, golden)
    const [cell] = golden.cells
    const moved = golden.positions.map((x, k) => (k < 3 ? x + cell[3 + k] : x))
    expect(total(evaluateCase(parameters, { ...golden, positions: moved }))).toBeCloseTo(total(result), 12)

    const doubled = <T extends Uint8Array | Uint32Array>(values: T) =>
      [values, values].flatMap((part) => Array.from(part))
    const two = evaluateEquiformer(parameters, {
      types: doubled(golden.atomicNumbers),
      tags: doubled(golden.tags!),
      positions: Float64Array.from([...golden.positions, ...golden.positions.map((x, k) => x + cell[k % 3])]),
      cells: [cell.map((x, k) => (k < 3 ? 2 * x : x)) as unknown as Cell],
    })
    expect(total(two)).toBeCloseTo(2 * total(result), 12)
    expect(largestDifference(two.forces.slice(0, result.forces.length), result.forces)).toBeLessThan(ROUNDING)
  })

  test('needs tags', async () => {
    const parameters = await loadEquiformer(golden)
    expect(() => evaluateCase(parameters, { ...golden, tags: null })).toThrow(InputError)
    const tags = golden.tags!.map(() => 3)
    expect(() => evaluateCase(parameters, { ...golden, tags })).toThrow(
      'Atom 1 has tag 3, but this model knows tags 0 to 2 only.',
    )
  })
})

describe('atoms', () => {
  test.each(['md17_l2_small', 'md17_l2_linear', 'dp_', 'md17_l3_attnhead'])(
    'alone have an energy and no forces in %s',
    async (start) => {
      const parameters = await loadEquiformer(named(start))
      const result = evaluateEquiformer(parameters, { types: [6], positions: new Float64Array(3) })
      expect(Number.isFinite(total(result))).toBe(true)
      expect(Array.from(result.forces)).toEqual([0, 0, 0])
      expect(result.edges.count).toBe(0)
    },
  )

  test('none at all have no energy', async () => {
    const parameters = await loadEquiformer(named('md17_l2_small'))
    expect(evaluateEquiformer(parameters, { types: [], positions: new Float64Array() }).output).toEqual([])
  })

  test('at the cutoff are no neighbours', async () => {
    const parameters = await loadEquiformer(named('md17_l2_small'))
    const edges = (distance: number) =>
      evaluateEquiformer(parameters, {
        types: [6, 6],
        positions: Float64Array.of(0, 0, 0, distance, 0, 0),
      }).edges.count
    expect([edges(4.999999), edges(5)]).toEqual([2, 0])
  })

  test('of unknown types, or in one place, are refused', async () => {
    const parameters = await loadEquiformer(named('qm9_l2_bessel'))
    const evaluate = (types: readonly number[], positions = new Float64Array(3 * types.length)) =>
      evaluateEquiformer(parameters, { types, positions })
    expect(() => evaluate([5])).toThrow('Atom 1 has type 5, but this model knows types 0 to 4 only.')
    expect(() => evaluate([1, 1])).toThrow('Atoms 1 and 2 are at the same position')
  })
})
