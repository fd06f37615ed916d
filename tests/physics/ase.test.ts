/** Undisturbed motion beside ASE's, from the same start under the float64 reference (tests/golden/ase). */
import { beforeAll, describe, expect, test } from 'vitest'
import { EnergyStatistics } from '../../src/cli/energy-statistics.ts'
import { useGpu } from '../kernels/lib/device.ts'
import { aseRun, type Run, rmsd, tumbleRun } from './lib/ase.ts'
import { bundledField } from './lib/bundled.ts'

const gpu = useGpu()

/** eV: what tests/golden allows one evaluation in float32, sums of shares of a few eV. */
const ENERGY_PER_ATOM = 2e-6

describe.each(['ethanol', 'water-box'])('%s', async (name) => {
  const ase = await aseRun(name)
  let tumble: Run
  beforeAll(async () => {
    tumble = await tumbleRun(gpu(), await bundledField(), ase)
  }, 600_000)

  test('atoms go where ASE takes them, as far as chaos lets anyone know', () => {
    const apart = tumble.frames.map((frame, k) => rmsd(frame, ase.frames[k]))
    // How far ASE strays from itself when each coordinate starts a millionth of an Å off: the worst of its runs.
    const spread = ase.frames.map((_, k) => Math.max(...ase.spread.map((run) => run[k])))
    if (process.env.TUMBLE_MEASURE)
      apart.forEach((x, k) => {
        const time = k * ase.positionsEvery * ase.timestep
        console.log(`${name} ${time} fs: ${x.toExponential(1)} Å, ASE ${spread[k].toExponential(1)} Å`)
      })
    apart.forEach((x, k) => {
      expect(x).toBeLessThan(spread[k])
    })
    // The run has gone somewhere: this is not agreement on standing still.
    expect(rmsd(ase.frames[0], ase.frames[ase.frames.length - 1])).toBeGreaterThan(0.1)
  })

  test('the total energy is that of ASE at every moment', () => {
    const errors = tumble.energies.map((energy, k) => Math.abs(energy - ase.energies[k]))
    if (process.env.TUMBLE_MEASURE) console.log(`${name}: ${Math.max(...errors).toExponential(1)} eV`)
    expect(tumble.energies.length).toBe(ase.energies.length)
    expect(Math.max(...errors)).toBeLessThan(ENERGY_PER_ATOM * ase.numbers.length)
  })

  test('the total energy drifts and fluctuates no more than twice as much as under ASE', () => {
    const [theirs, ours] = [ase, tumble].map(({ energies }) => {
      const statistics = new EnergyStatistics()
      energies.forEach((energy, k) => {
        statistics.add(k * ase.energiesEvery * ase.timestep, energy, 0)
      })
      return { drift: Math.abs(statistics.drift!), fluctuation: statistics.fluctuation! }
    })
    if (process.env.TUMBLE_MEASURE) console.log(name, { theirs, ours })
    expect(ours.drift).toBeLessThan(2 * theirs.drift)
    expect(ours.fluctuation).toBeLessThan(2 * theirs.fluctuation)
  })
})
