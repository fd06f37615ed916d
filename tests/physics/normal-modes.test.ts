/** Vibrations by GPU forces against those of the same model in float64. */
import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { type NormalModes, normalModes } from '../../src/analysis/normal-modes.ts'
import { type NormalMode, type Vibrations, vibrationsOf } from '../../src/analysis/vibrations.ts'
import { massesOf } from '../../src/chemistry/center.ts'
import type { Structure } from '../../src/chemistry/structure.ts'
import { readCheckpoint } from '../../src/formats/index.ts'
import { readEtParameters } from '../../src/models/et/read-parameters.ts'
import type { ForceField } from '../../src/models/force-field.ts'
import { loadForceField } from '../../src/models/registry.ts'
import { evaluateEt } from '../../src/reference/et.ts'
import { etWeights } from '../../src/reference/et-weights.ts'
import { useGpu } from '../kernels/lib/device.ts'
import { water } from './lib/bundled.ts'
import { argon, spheres } from './lib/spheres.ts'

const gpu = useGpu()

const name = 'et-gfn2-small.safetensors'
const bytes = new Uint8Array(await readFile(new URL(`../../public/models/${name}`, import.meta.url)))
const checkpoint = await readCheckpoint(bytes, name)
const field: ForceField = loadForceField(checkpoint)
const parameters = readEtParameters(checkpoint)
const weights = etWeights(parameters)

/** Float64 forces in eV/Å. */
function forcesAt(structure: Structure, positions: Float64Array): Float64Array {
  const { forces } = evaluateEt(
    parameters,
    { types: field.typesOf(structure), positions, cells: [] },
    weights,
  )
  return forces.map((force) => force * field.card.energyUnit.inEv)
}

/** The nearest minimum in float64: steepest descent with the steps of Barzilai and Borwein (doi:10.1093/imanum/8.1.141). */
function relaxed(structure: Structure): Structure {
  let { positions } = structure
  let forces = forcesAt(structure, positions)
  let step = 0.005
  for (let k = 0; k < 400 && Math.max(...forces.map(Math.abs)) > 1e-9; k++) {
    const next = positions.map((x, i) => x + step * forces[i])
    const after = forcesAt(structure, next)
    let [moved, bent] = [0, 0]
    for (let i = 0; i < next.length; i++) {
      moved += (next[i] - positions[i]) ** 2
      bent += (next[i] - positions[i]) * (forces[i] - after[i])
    }
    step = Math.min(0.1, Math.abs(moved / bent))
    ;[positions, forces] = [next, after]
  }
  return { ...structure, positions }
}

/** Rows of the Hessian in eV/Å² by central differences in float64. */
function hessianAt(structure: Structure, h: number): Float64Array[] {
  const at = (a: number, by: number) =>
    forcesAt(
      structure,
      structure.positions.map((x, k) => (k === a ? x + by : x)),
    )
  return Array.from(structure.positions, (_, a) => {
    const behind = at(a, -h)
    return at(a, h).map((force, b) => (behind[b] - force) / (2 * h))
  })
}

/** Å, as the library takes 0.005 for: a multiple of 2⁻¹⁸. */
const DISPLACEMENT = Math.round(0.005 * 2 ** 18) / 2 ** 18

/**
 * eV/Å that rounding may do to a float32 force: a sum of terms of some 10 eV/Å, each good to 2⁻²⁴, with ten roundings
 * on the way.
 */
const FORCE_NOISE = 1e-5

/** cm⁻¹ that the noise in the forces does to a mode: δk = δF/(√2 h) in the force constant, δν̃ = ν̃ δk/2k. */
const noiseOf = ({ wavenumber, forceConstant }: NormalMode) =>
  (wavenumber * FORCE_NOISE) / (Math.SQRT2 * DISPLACEMENT) / (2 * forceConstant)

/**
 * cm⁻¹ that the finite displacement may do: k is wrong by h²/6 of the fourth derivative, for a Morse O–H bond 7 a² k
 * with a = 2.3 Å⁻¹, hence ν̃ by 8·10⁻⁵ or 0.3 cm⁻¹ of a stretch; the bend, softer and coupled, is let have thrice that.
 */
const TRUNCATION = 1

describe('water under the bundled model', () => {
  let structure: Structure
  let result: NormalModes
  let exact: Vibrations
  let same: Vibrations
  beforeAll(async () => {
    structure = relaxed(water())
    result = await normalModes(gpu(), field, structure)
    exact = vibrationsOf(structure, hessianAt(structure, 1e-4))
    same = vibrationsOf(structure, hessianAt(structure, DISPLACEMENT))
  })

  test('the float64 structure is at rest, and so it is found on the GPU', () => {
    expect(Math.max(...forcesAt(structure, structure.positions).map(Math.abs))).toBeLessThan(1e-8)
    expect(result.notes).toEqual([])
    // Positions are rounded to 2⁻¹⁸ Å: at 60 eV/Å², a force of 10⁻⁴ eV/Å.
    expect(result.maxForce).toBeLessThan(2e-4)
    expect(result.removed).toBe(6)
  })

  test('a bend and two stretches, as in float64 with the same displacement up to the forces’ rounding', () => {
    expect(result.modes).toHaveLength(3)
    result.modes.forEach(({ wavenumber }, k) => {
      const error = Math.abs(wavenumber - same.modes[k].wavenumber)
      if (process.env.TUMBLE_MEASURE)
        console.log(
          `mode at ${wavenumber.toFixed(1)} cm⁻¹: ${error.toFixed(3)} from float64, ${noiseOf(same.modes[k]).toFixed(3)} allowed; ${(wavenumber - exact.modes[k].wavenumber).toFixed(3)} from the limit of no displacement`,
        )
      expect(error).toBeLessThan(noiseOf(same.modes[k]))
      expect(Math.abs(wavenumber - exact.modes[k].wavenumber)).toBeLessThan(TRUNCATION)
    })
    expect(exact.modes[0].wavenumber).toBeGreaterThan(1000)
    expect(exact.modes[1].wavenumber).toBeGreaterThan(3000)
  })

  test('displacements, reduced masses and zero-point energy', () => {
    result.modes.forEach(({ displacements, reducedMass }, k) => {
      const other = exact.modes[k]
      const overlap = displacements.reduce((sum, x, i) => sum + x * other.displacements[i], 0)
      // The stretches lie 15 cm⁻¹ apart; what errs by 1 cm⁻¹ at most turns them into each other by 1/15 at most.
      expect(Math.abs(overlap)).toBeGreaterThan(Math.cos(1 / 15))
      expect(Math.abs(reducedMass / other.reducedMass - 1)).toBeLessThan(1 / 15 ** 2)
    })
    // Half of three times TRUNCATION, in eV.
    expect(Math.abs(result.zeroPointEnergy - exact.zeroPointEnergy)).toBeLessThan(1.5 * TRUNCATION * 1.24e-4)
    expect(result.zeroPointEnergy).toBeGreaterThan(0.4)
  })

  test('one period of a mode', () => {
    const [bend] = result.modes
    const frames = result.frames(bend, 0.25, 8)
    expect(frames).toHaveLength(8)
    expect([...frames[0]]).toEqual([...structure.positions])
    const furthest = (frame: Float64Array) =>
      Math.max(
        ...[0, 3, 6].map((i) =>
          Math.hypot(...[0, 1, 2].map((k) => frame[i + k] - structure.positions[i + k])),
        ),
      )
    expect(furthest(frames[2])).toBeCloseTo(0.25, 9)
    frames[6].forEach((x, k) => {
      expect(x).toBeCloseTo(2 * structure.positions[k] - frames[2][k], 9)
    })
  })

  test('one hydrogen that moves while the rest is held fast', async () => {
    const { modes, removed } = await normalModes(gpu(), field, structure, { fixed: [0, 2] })
    const block = hessianAt(structure, DISPLACEMENT)
      .slice(3, 6)
      .map((row) => row.slice(3, 6))
    const expected = vibrationsOf(structure, block, [1]).modes
    expect(removed).toBe(0)
    modes.forEach((mode, k) => {
      // In curvature, because the motion out of the plane is soft, and may be unstable.
      const curvature = (wavenumber: number) => Math.sign(wavenumber) * (wavenumber / 521.4709) ** 2 * 1.008
      const error = Math.abs(curvature(mode.wavenumber) - curvature(expected[k].wavenumber))
      expect(error, `mode ${k}`).toBeLessThan(FORCE_NOISE / DISPLACEMENT)
      expect([...mode.displacements.subarray(0, 3), ...mode.displacements.subarray(6)]).toEqual(
        new Array(6).fill(0),
      )
    })
  })

  test('a structure that is not at a minimum is noted', async () => {
    const stretched = { ...structure, positions: structure.positions.map((x) => 1.05 * x) }
    const { notes, maxForce } = await normalModes(gpu(), field, stretched)
    const forces = forcesAt(stretched, stretched.positions)
    const most = Math.max(...[0, 3, 6].map((i) => Math.hypot(...forces.subarray(i, i + 3))))
    expect(Math.abs(maxForce / most - 1)).toBeLessThan(1e-4)
    expect(notes[0]).toMatch(/not at a minimum: the largest force is [\d.]+ eV/)
  })

  test.each([
    [{ displacement: 0 }, /displaced by/],
    [{ fixed: [3] }, /no atom 4 .*ends with atom 3/],
    [{ fixed: [0, 1, 2] }, /leave one free/],
  ])('%j is refused', async (options, message) => {
    await expect(normalModes(gpu(), field, structure, options)).rejects.toThrow(message)
  })
})

test('lattice vibrations of soft spheres under pressure, unstable ones too, by the dispersion relation', async () => {
  const [stiffness, diameter, spacing, side] = [2, 3, 2.5, 3]
  const structure = argon(side, spacing)
  const [mass] = massesOf(structure)
  const progress: number[] = []
  const { modes, removed, notes } = await normalModes(gpu(), spheres(stiffness, diameter), structure, {
    onProgress: (done) => progress.push(done),
  })
  // Springs to six neighbours: k along, −k (σ − r)/r across (they push). λ = Σ_axis 2 k_axis (1 − cos q_axis).
  const across = (-stiffness * (diameter - spacing)) / spacing
  const waves = Array.from({ length: side ** 3 }, (_, n) =>
    [n, n / side, n / side ** 2].map((m) => 2 - 2 * Math.cos((2 * Math.PI * (Math.floor(m) % side)) / side)),
  )
  const expected = [0, 1, 2]
    .flatMap((along) =>
      waves.map((wave) => wave.reduce((sum, w, axis) => sum + (axis === along ? stiffness : across) * w, 0)),
    )
    .sort((p, q) => p - q)
  // The three translations of the whole.
  const rest = expected.filter((curvature) => Math.abs(curvature) > 1e-9)
  expect(rest).toHaveLength(3 * side ** 3 - 3)
  expect(removed).toBe(3)
  expect(modes).toHaveLength(rest.length)
  modes.forEach(({ forceConstant, wavenumber, reducedMass }, k) => {
    expect(reducedMass).toBeCloseTo(mass, 9)
    // Six forces of 1 eV/Å that cancel, each rounded to 2⁻²⁴; h² (1/r²)/6 of the stiffness by the displacement.
    const allowed = (6 * 2 ** -24) / DISPLACEMENT + (stiffness * DISPLACEMENT ** 2) / spacing ** 2
    expect(Math.abs(forceConstant - rest[k]), `mode ${k}`).toBeLessThan(allowed)
    expect(Math.sign(wavenumber)).toBe(Math.sign(rest[k]))
  })
  expect(notes).toHaveLength(1)
  expect(notes[0]).toMatch(/imaginary/)
  expect(progress.at(-1)).toBe(81)
  expect(progress.length).toBeGreaterThan(1)
})
