/** The suite of the benchmarks runs and returns numbers that can be. No time is judged. */
import { expect, test } from 'vitest'
import { parseBenchArguments } from '../../../benchmarks/arguments.ts'
import { nodeHost } from '../../../benchmarks/node-host.ts'
import { isMeasured } from '../../../benchmarks/results.ts'
import { runSuite } from '../../../benchmarks/suite.ts'

const root = new URL('../../../', import.meta.url).pathname

test('ethanol under the bundled model', async () => {
  const options = parseBenchArguments(['--models', 'small', '--atoms', '9', '--seconds', '10'])!
  const { adapter, ceilings, cases } = await runSuite(
    nodeHost(root, () => {}),
    options,
    'a test',
  )
  expect(adapter).not.toBe('')
  expect(ceilings!.flopsPerSecond).toBeGreaterThan(0)
  expect(ceilings!.bytesPerSecond).toBeGreaterThan(0)
  expect(cases).toHaveLength(1)
  const [ethanol] = cases
  if (!isMeasured(ethanol)) throw new Error(ethanol.notRun)
  expect(ethanol).toMatchObject({ system: 'ethanol', atoms: 9, periodic: false, submissionsPerBatch: 1 })
  // Nine atoms within 5 Å of each other, and each with itself.
  expect(ethanol.pairs).toBe(81)
  expect(ethanol.secondsPerStep.quickest).toBeGreaterThan(0)
  expect(ethanol.secondsPerStep.median).toBeGreaterThanOrEqual(ethanol.secondsPerStep.quickest)
  expect(ethanol.dispatchesPerStep).toBeGreaterThan(3)
  // It reads all weights at least once, and copies back no more than the observables.
  expect(ethanol.bytesPerStep).toBeGreaterThan(800_000)
  expect(ethanol.bytesPerReport).toBeGreaterThan(0)
  expect(ethanol.bytesPerReport).toBeLessThan(65_536)
  expect(ethanol.bytesPerAtom).toBeGreaterThan(0)
  const { total, ...parts } = ethanol.firstStep
  expect(Object.values(parts).reduce((sum, x) => sum + x, 0)).toBeCloseTo(total, 1)
  // The bundled model's energy of ethanol, reference energies included: some −310 eV.
  expect(9 * ethanol.energyPerAtom).toBeLessThan(-100)
})
