/** The whole reference model as a physical object: forces, virial, periodic images, symmetries. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { Cell } from '../../../src/chemistry/structure.ts'
import type { GoldenCase } from '../../../src/cli/golden/case.ts'
import { InputError } from '../../../src/errors.ts'
import type { EtParameters } from '../../../src/models/et/parameters.ts'
import { readEtParameters } from '../../../src/models/et/read-parameters.ts'
import { type EtInput, evaluateEt } from '../../../src/reference/et.ts'
import { equivariantTransformerCases } from '../../golden/cases.ts'
import { dot, random, slope } from '../reference/adjoint.ts'

const cases = await equivariantTransformerCases()
const named = (start: string): GoldenCase => cases.find(({ name }) => name.startsWith(start))!
const parametersOf = async (start: string) => readEtParameters(await named(start).loadCheckpoint())

const total = (parameters: EtParameters, input: EtInput): number =>
  evaluateEt(parameters, input)
    .output.flat()
    .reduce((sum, y) => sum + y, 0)

/** (1 + ε) applied to rows of vectors. */
const strained = (strain: Float64Array, rows: ArrayLike<number>): Float64Array =>
  Float64Array.from(rows, (x, k) => {
    const at = k - (k % 3)
    return x + [0, 1, 2].reduce((sum, c) => sum + strain[3 * (k % 3) + c] * rows[at + c], 0)
  })

/** Three atoms in a triclinic cell whose heights are well below both models' cutoffs. */
const crystal = {
  types: [1, 8, 6],
  positions: Float64Array.of(0.1, 0.2, 0.3, 1.6, 0.4, 0.9, 0.7, 1.9, 2.2),
  cells: [[3.1, 0.2, -0.3, 0.9, 3.0, 0.4, -0.7, 1.1, 3.6] as Cell],
}

// s06: Gaussian basis and lower cutoff, undamped vectors; s14: exponential-normal basis, mean over atoms.
describe.each(['s06', 's14'])('small triclinic crystal, model of %s', (start) => {
  let parameters: EtParameters
  beforeAll(async () => {
    parameters = await parametersOf(start)
  })

  test('forces are the gradient', () => {
    const { forces } = evaluateEt(parameters, crystal)
    const direction = random('direction', 9)
    const expected = slope(
      (positions) => total(parameters, { ...crystal, positions }),
      crystal.positions,
      direction,
      1e-5,
    )
    expect(Math.abs(-dot(forces, direction) - expected)).toBeLessThan(1e-7 * Math.abs(expected))
  })

  test('the virial is the derivative by strain', () => {
    const { virial } = evaluateEt(parameters, crystal)
    const direction = random('strain', 9)
    const expected = slope(
      (strain) =>
        total(parameters, {
          ...crystal,
          positions: strained(strain, crystal.positions),
          cells: [Array.from(strained(strain, crystal.cells[0])) as unknown as Cell],
        }),
      new Float64Array(9),
      direction,
      1e-5,
    )
    expect(Math.abs(dot(virial, direction) - expected)).toBeLessThan(1e-7 * Math.abs(expected))
  })

  test('every atom has the energy and force of its copies in a supercell', () => {
    const [a, b, c] = [0, 3, 6].map((k) => crystal.cells[0].slice(k, k + 3))
    const shifts = [[0, 0, 0], a, b, a.map((x, k) => x + b[k])]
    const supercell = {
      types: shifts.flatMap(() => crystal.types),
      positions: Float64Array.from(
        shifts.flatMap((s) => Array.from(crystal.positions, (x, k) => x + s[k % 3])),
      ),
      cells: [[...a.map((x) => 2 * x), ...b.map((x) => 2 * x), ...c] as unknown as Cell],
    }
    const small = evaluateEt(parameters, crystal)
    const large = evaluateEt(parameters, supercell)
    shifts.forEach((_, copy) => {
      small.perAtom.forEach((energy, i) => {
        expect(large.perAtom[3 * copy + i]).toBeCloseTo(energy, 11)
      })
    })
    // A mean divides by atoms + 1, which a supercell changes; the energies per atom above do not.
    if (parameters.hyper.reduce === 'add') {
      small.forces.forEach((force, k) => {
        expect(large.forces[9 + k]).toBeCloseTo(force, 10)
      })
    }
  })

  test('wrapping an atom into the next cell changes nothing', () => {
    const positions = crystal.positions.map((x, k) => (k < 3 ? x + 2 * crystal.cells[0][3 + k] : x))
    expect(total(parameters, { ...crystal, positions })).toBeCloseTo(total(parameters, crystal), 11)
  })

  test('a slab is a crystal whose layers are far apart', () => {
    const [a, b] = [crystal.cells[0].slice(0, 3), crystal.cells[0].slice(3, 6)]
    const slab = { ...crystal, periodic: [true, true, false] as const }
    const apart = { ...crystal, cells: [[...a, ...b, 0, 0, 40] as unknown as Cell] }
    expect(total(parameters, slab)).toBeCloseTo(total(parameters, apart), 11)
  })
})

// Heads that read positions directly, all priors, and the vector head, whose forces no golden case holds.
describe.each(['s08', 's10', 's11', 's13'])('molecules of %s', (start) => {
  test('forces and virial are derivatives', async () => {
    const golden = named(start)
    const parameters = await parametersOf(start)
    const { forces, virial } = evaluateEt(parameters, golden)

    const direction = random('direction', forces.length)
    const bySteps = slope(
      (positions) => total(parameters, { ...golden, positions }),
      golden.positions,
      direction,
    )
    expect(Math.abs(-dot(forces, direction) - bySteps)).toBeLessThan(1e-6 * Math.abs(bySteps))

    const strain = random('strain', 9)
    const byStrain = slope(
      (at) => total(parameters, { ...golden, positions: strained(at, golden.positions) }),
      new Float64Array(9),
      strain,
    )
    expect(Math.abs(dot(virial, strain) - byStrain)).toBeLessThan(1e-6 * Math.abs(byStrain))
  })
})

describe('symmetry', () => {
  const quarterTurn = (v: ArrayLike<number>) =>
    Float64Array.from(v, (_, k) => [-v[k - (k % 3) + 1], v[k - (k % 3)], v[k]][k % 3])

  test('turning the molecule turns the forces', async () => {
    const golden = named('s14')
    const parameters = await parametersOf('s14')
    const straight = evaluateEt(parameters, golden)
    const turned = evaluateEt(parameters, { ...golden, positions: quarterTurn(golden.positions) })
    expect(turned.output[0][0]).toBeCloseTo(straight.output[0][0], 12)
    quarterTurn(straight.forces).forEach((force, k) => {
      expect(turned.forces[k]).toBeCloseTo(force, 11)
    })
  })

  test('the vector biases of 2021 break it', async () => {
    const golden = named('s12')
    const parameters = await parametersOf('s12')
    const turned = total(parameters, { ...golden, positions: quarterTurn(golden.positions) })
    expect(Math.abs(turned - total(parameters, golden))).toBeGreaterThan(1e-3)
  })
})

test('a lone atom feels nothing', async () => {
  const result = evaluateEt(await parametersOf('s01'), { types: [8], positions: Float64Array.of(1, 2, 3) })
  expect(Array.from(result.forces)).toEqual([0, 0, 0])
  expect(result.output[0][0]).toSatisfy(Number.isFinite)
})

test('a type outside the embedding is refused', async () => {
  const parameters = await parametersOf('s03')
  expect(() => evaluateEt(parameters, { types: [28], positions: new Float64Array(3) })).toThrow(
    new InputError('Atom 1 has type 28, but this model knows types 0 to 27 only.'),
  )
})
