import { describe, expect, test } from 'vitest'
import { vibrationsOf } from '../../../src/analysis/vibrations.ts'
import { massesOf } from '../../../src/chemistry/center.ts'
import type { Structure } from '../../../src/chemistry/structure.ts'
import { random } from '../reference/adjoint.ts'

// CODATA 2018, in SI.
const ELEMENTARY_CHARGE = 1.602176634e-19
const ATOMIC_MASS = 1.6605390666e-27
const LIGHT = 29979245800 // cm/s
const PLANCK = 6.62607015e-34

/** cm⁻¹ of √(k/μ), k in eV/Å², μ in u. */
const wavenumber = (k: number, mu: number) =>
  Math.sqrt((k * ELEMENTARY_CHARGE * 1e20) / (mu * ATOMIC_MASS)) / (2 * Math.PI * LIGHT)

const open = (atomicNumbers: number[], positions: number[]): Structure => ({
  name: 'test',
  atomicNumbers: Uint8Array.from(atomicNumbers),
  positions: Float64Array.from(positions),
  cell: null,
  periodic: [false, false, false],
})

/** Hessian of springs at rest, k d ⊗ d for unit vectors d between atoms. */
function springs(structure: Structure, bonds: readonly (readonly [number, number, number])[]): number[][] {
  const size = structure.positions.length
  const hessian = Array.from({ length: size }, () => new Array<number>(size).fill(0))
  for (const [i, j, k] of bonds) {
    const d = [0, 1, 2].map((x) => structure.positions[3 * j + x] - structure.positions[3 * i + x])
    const square = d.reduce((sum, x) => sum + x * x, 0)
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) {
        const h = (k * d[a] * d[b]) / square
        hessian[3 * i + a][3 * i + b] += h
        hessian[3 * j + a][3 * j + b] += h
        hessian[3 * i + a][3 * j + b] -= h
        hessian[3 * j + a][3 * i + b] -= h
      }
    }
  }
  return hessian
}

const norm = (v: Float64Array) => Math.sqrt(v.reduce((sum, x) => sum + x * x, 0))

describe('analytic vibrations', () => {
  test('a diatomic molecule askew: √(k/μ), its reduced mass, ½hcν̃', () => {
    const structure = open([1, 8], [0.3, 1, -2, 0.9, 1.4, -2.5])
    const { modes, removed, zeroPointEnergy } = vibrationsOf(structure, springs(structure, [[0, 1, 48]]))
    const [a, b] = massesOf(structure)
    const mu = (a * b) / (a + b)
    expect(removed).toBe(5)
    expect(modes).toHaveLength(1)
    const expected = wavenumber(48, mu)
    expect(modes[0].wavenumber / expected).toBeCloseTo(1, 9)
    // 1 / Σ l² with l = (√μ/a, −√μ/b): not the μ of text books, which belongs to the bond's length as the coordinate.
    expect(modes[0].reducedMass).toBeCloseTo(1 / (mu * (1 / a ** 2 + 1 / b ** 2)), 9)
    const omega = 2 * Math.PI * LIGHT * modes[0].wavenumber
    const perSquareAngstrom = (ATOMIC_MASS * 1e-20) / ELEMENTARY_CHARGE
    expect(modes[0].forceConstant / (modes[0].reducedMass * omega ** 2 * perSquareAngstrom)).toBeCloseTo(1, 8)
    expect(zeroPointEnergy / ((PLANCK * LIGHT * expected) / 2 / ELEMENTARY_CHARGE)).toBeCloseTo(1, 9)
    expect(norm(modes[0].displacements)).toBeCloseTo(1, 12)
  })

  test('a linear triatomic molecule: √(k/m), √(k/m (1 + 2m/M)) and two bends', () => {
    // Along (1, 2, 2)/3, slightly bent as a relaxation may leave it.
    const along = [1 / 3, 2 / 3, 2 / 3]
    const at = (s: number) => along.map((x) => s * x)
    const structure = open([8, 6, 8], [...at(-1.16), 1e-6, -1e-6, 0, ...at(1.16)])
    const hessian = springs(structure, [
      [0, 1, 90],
      [1, 2, 90],
    ])
    const bends = 3
    // Stiffness against the middle atom's leaving the line: b ⊗ b with b = (1, −2, 1) in each direction across.
    for (let a = 0; a < 9; a++) {
      for (let b = 0; b < 9; b++) {
        const across = (a % 3 === b % 3 ? 1 : 0) - along[a % 3] * along[b % 3]
        hessian[a][b] += bends * [1, -2, 1][Math.floor(a / 3)] * [1, -2, 1][Math.floor(b / 3)] * across
      }
    }
    const { modes, removed } = vibrationsOf(structure, hessian)
    const [m, M] = massesOf(structure)
    expect(removed).toBe(5)
    const expected = [
      wavenumber(bends * (2 / m + 4 / M), 1),
      wavenumber(bends * (2 / m + 4 / M), 1),
      wavenumber(90, m),
      wavenumber(90 * (1 / m + 2 / M), 1),
    ]
    modes.forEach((mode, k) => {
      // The bend of 10⁻⁶ Å is felt in the seventh digit at most.
      expect(mode.wavenumber / expected[k]).toBeCloseTo(1, 6)
    })
  })

  test('a bent molecule loses six motions however much they are disturbed, real ones keep their value', () => {
    const structure = open([1, 8, 1], [0.76, -0.47, 0.1, 0, 0.12, 0, -0.7, -0.5, 0])
    const clean = springs(structure, [
      [0, 1, 50],
      [1, 2, 45],
      [0, 2, 8],
    ])
    const undisturbed = vibrationsOf(structure, clean)
    expect(undisturbed.removed).toBe(6)
    expect(undisturbed.modes).toHaveLength(3)
    expect(undisturbed.modes.every(({ wavenumber }) => wavenumber > 500)).toBe(true)
    // A uniform field of gradients acts on translations alone.
    const pinned = clean.map((row, a) =>
      row.map(
        (h, b) =>
          h +
          (a % 3 === b % 3
            ? massesOf(structure)[Math.floor(a / 3)] * massesOf(structure)[Math.floor(b / 3)] * 0.01
            : 0),
      ),
    )
    const disturbed = vibrationsOf(structure, pinned)
    disturbed.modes.forEach(({ wavenumber }, k) => {
      expect(wavenumber / undisturbed.modes[k].wavenumber).toBeCloseTo(1, 9)
    })
    // What a finite displacement leaves asymmetric cancels.
    const skewed = clean.map((row, a) => row.map((h, b) => h + 0.5 * Math.sign(b - a)))
    vibrationsOf(structure, skewed).modes.forEach(({ wavenumber }, k) => {
      expect(wavenumber / undisturbed.modes[k].wavenumber).toBeCloseTo(1, 12)
    })
    // Modes are orthogonal in mass-weighted coordinates.
    const masses = massesOf(structure)
    const overlap = (p: Float64Array, q: Float64Array) =>
      p.reduce((sum, x, k) => sum + masses[Math.floor(k / 3)] * x * q[k], 0)
    const [p, q] = undisturbed.modes.map(({ displacements }) => displacements)
    expect(Math.abs(overlap(p, q))).toBeLessThan(1e-9)
  })

  test('periodic systems lose three translations, those with atoms held fast none', () => {
    const structure: Structure = {
      ...open([6, 6, 6], [0, 0, 0, 2, 0, 0, 0, 2.5, 0]),
      cell: [4, 0, 0, 0, 5, 0, 0, 0, 6],
      periodic: [true, true, true],
    }
    const noise = random('hessian', 81)
    const rows = Array.from({ length: 9 }, (_, a) => noise.slice(9 * a, 9 * a + 9))
    expect(vibrationsOf(structure, rows)).toMatchObject({ removed: 3 })
    const single = vibrationsOf(
      structure,
      [Float64Array.of(7, 0, 0), Float64Array.of(0, -3, 0), Float64Array.of(0, 0, 2)],
      [1],
    )
    const [mass] = massesOf(structure)
    expect(single.removed).toBe(0)
    expect(single.modes.map((mode) => mode.wavenumber / wavenumber(1, mass))).toEqual([
      expect.closeTo(-Math.sqrt(3), 8),
      expect.closeTo(Math.sqrt(2), 8),
      expect.closeTo(Math.sqrt(7), 8),
    ])
    expect([...single.modes[2].displacements].map(Math.abs)).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 0])
    // Imaginary frequencies have no zero-point energy.
    const real = (single.modes[1].wavenumber + single.modes[2].wavenumber) / 2
    expect(single.zeroPointEnergy / ((PLANCK * LIGHT * real) / ELEMENTARY_CHARGE)).toBeCloseTo(1, 8)
  })

  test('a lone atom has no vibrations', () => {
    const { modes, removed } = vibrationsOf(open([2], [1, 2, 3]), springs(open([2], [1, 2, 3]), []))
    expect([modes.length, removed]).toEqual([0, 3])
  })
})
