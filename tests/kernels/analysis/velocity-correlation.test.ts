import { describe, expect, test } from 'vitest'
import { vibrationalSpectrum } from '../../../src/analysis/spectrum.ts'
import { VelocityCorrelation } from '../../../src/analysis/velocity-correlation.ts'
import { massesOf } from '../../../src/chemistry/center.ts'
import { expectClose, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { scattered, Upload } from './lib/frames.ts'

const gpu = useGpu()

const SPEED_OF_LIGHT = 2.99792458e-5 // cm/fs, CODATA

describe.each([
  [3, 8, 5],
  [130, 8, 21],
  [700, 16, 40],
])('velocity autocorrelation of %i atoms, window %i, %i frames', (atoms, window, count) => {
  test('every lag over all pairs of frames, as the ring turns', async () => {
    const structure = scattered(atoms, 4)
    const masses = massesOf(structure)
    const upload = new Upload(gpu(), structure)
    const vacf = await VelocityCorrelation.create(gpu(), upload.source, { window })
    const frames = Array.from({ length: count }, (_, f) => floats(`velocities ${f}`, 3 * atoms, 0.03))
    const run = () => {
      for (const velocities of frames) {
        upload.frame(structure.positions, velocities)
        upload.take(vacf)
      }
      return vacf.read()
    }
    const report = await run()
    const expected = Array.from({ length: Math.min(window, count) }, (_, lag) => {
      let sum = 0
      for (let t = lag; t < count; t++) {
        for (let k = 0; k < 3 * atoms; k++)
          sum += masses[Math.floor(k / 3)] * frames[t][k] * frames[t - lag][k]
      }
      return sum / (count - lag)
    })
    expect(report.samples).toBe(count)
    // Relative to lag 0: sixteen roundings of float32 in a row; 1.7e-7 measured at worst.
    expectClose('correlation', report.raw, expected, 16 * 2 ** -24)
    expectClose(
      'normalized',
      report.normalized,
      expected.map((c) => c / expected[0]),
      16 * 2 ** -24,
    )
    vacf.reset()
    expect(await run()).toEqual(report)
    vacf.destroy()
    upload.destroy()
  })
})

test('two harmonic motions give two lines at their wavenumbers, as high as their energies', async () => {
  const structure = scattered(2, 1)
  const [first, second] = massesOf(structure)
  const upload = new Upload(gpu(), structure)
  const window = 256
  const vacf = await VelocityCorrelation.create(gpu(), upload.source, { window })
  const interval = 4 // fs
  const lines = [1234, 3456] // cm⁻¹
  for (let frame = 0; frame < 2 * window; frame++) {
    const [slow, fast] = lines.map((line) => 2 * Math.PI * SPEED_OF_LIGHT * line * frame * interval)
    const velocities = Float64Array.of(0.01 * Math.cos(slow), 0, 0, 0, 0.005 * Math.sin(fast), 0)
    upload.frame(structure.positions, velocities)
    upload.take(vacf)
  }
  const { raw } = await vacf.read()
  const { wavenumbers, intensities } = vibrationalSpectrum(raw, { interval })
  const spacing = wavenumbers[1]
  const heights = lines.map((line) => {
    const near = wavenumbers.findIndex((wavenumber) => wavenumber > line - 300)
    const far = wavenumbers.findIndex((wavenumber) => wavenumber > line + 300)
    const window = intensities.subarray(near, far)
    const top = window.indexOf(Math.max(...window))
    expect(Math.abs(wavenumbers[near + top] - line), `line at ${line}`).toBeLessThanOrEqual(spacing)
    return window[top]
  })
  // A quarter of a resolution element off a line's top costs under 1 %.
  const ratio = (second * 0.005 ** 2) / (first * 0.01 ** 2)
  expect(Math.abs(heights[1] / heights[0] / ratio - 1)).toBeLessThan(0.02)
  vacf.destroy()
  upload.destroy()
})

test('a window that does not fit is refused', async () => {
  const upload = new Upload(gpu(), scattered(3, 1))
  await expect(VelocityCorrelation.create(gpu(), upload.source, { window: 0 })).rejects.toThrow(/window/)
  upload.destroy()
})
