/** The engine in real browsers, through both shader compilers: golden cases, and a short run of each ensemble. */
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BOLTZMANN } from '../../../src/chemistry/units.ts'
import { type GoldenCase, loadGoldenCases } from '../../../src/cli/golden/case.ts'
import { browserNames } from '../lib/browsers.ts'
import { type EnginePage, openEngine } from '../lib/engine-page.ts'
import { type Site, serveCheckout } from '../lib/site.ts'
import { ensembles } from './ensembles.ts'
import { kernelsOf, needsSubgroups } from './kernels.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
/** Of Equiformer's, whose kernels software adapters take long to compile, the smallest; tests/golden has them all. */
const EQUIFORMERS = ['oc20_pbc_small']
const cases = (await loadGoldenCases([`${root}tests/golden`])).filter(
  ({ architecture, name }) => architecture !== 'equiformer' || EQUIFORMERS.includes(name),
)

/** Where the page finds a case: cases of one trained model share a file. */
const fileOf = ({ name, path }: GoldenCase): string =>
  `/${relative(root, path).replaceAll('\\', '/')}/${name.includes('/') ? 'reference.json' : 'case.json'}`

/**
 * How far the conserved energy may stray, as a share of the kinetic energy. Of an oscillator, velocity Verlet conserves
 * the energy with its potential part multiplied by 1 − (ωΔt)²/4, so the true one strays by (ωΔt)²/4 of the energy of
 * the vibration at most. The fastest is the O–H bond, 3700/cm, and vibrations hold as much potential energy as kinetic.
 */
const STRAYING = 2 * ((2 * Math.PI * 3700 * 2.998e-5 * 0.5) ** 2 / 4)

/**
 * Cases that are also run as on a GPU: an energy, and a head that is none. One is enough for Tint, which tests/golden has
 * compile more of them and which software adapters take half a minute to follow.
 */
const AS_ON_A_GPU: Readonly<Record<string, RegExp>> = { Chromium: /s11/, Firefox: /ethanol|s11/ }

/** A software adapter shared with other work can take its time. */
const PATIENCE = 300_000

test('there are golden cases: fourteen networks, nine molecules for the bundled model, one Equiformer', () => {
  expect(cases.map(({ name }) => name).filter((name) => name.startsWith('s'))).toHaveLength(14)
  expect(cases).toHaveLength(24)
})

describe.each(browserNames)('%s', (name) => {
  let site: Site
  let engine: EnginePage
  beforeAll(async () => {
    site = await serveCheckout()
    engine = await openEngine(name, site.url)
  }, PATIENCE)
  afterAll(async () => {
    await engine?.close()
    await site?.close()
  })

  test('finds an adapter', async () => {
    const adapter = await engine.call('adapter')
    if (process.env.TUMBLE_MEASURE) console.log(`${name}: ${adapter}`)
    // It may well be 'unknown adapter': Firefox keeps names to itself.
    expect(adapter).not.toBe('')
  })

  test.each([
    ...cases.map((golden) => [golden.name, 'as on a software adapter', golden] as const),
    ...cases
      .filter((golden) => AS_ON_A_GPU[name.split(' ')[0]].test(golden.name))
      .map((golden) => [golden.name, 'as on a GPU', golden] as const),
  ])(
    'golden case %s, %s',
    async (_, how, golden) => {
      const verdict = await engine.call('golden', fileOf(golden), golden.name, how === 'as on a GPU')
      if (process.env.TUMBLE_MEASURE)
        console.log(
          `${name}: ${golden.name}: of what is allowed: energy ${verdict.energyUse.toFixed(3)}, forces ${verdict.forceUse.toFixed(3)}`,
        )
      expect(verdict).toMatchObject({ passed: true })
    },
    PATIENCE,
  )

  test.each(Object.entries(ensembles))(
    '%s runs, conserves what it should, and repeats bit for bit',
    async (ensemble, { steps, every, options, observed }) => {
      const began = performance.now()
      const { reports, positions, samples } = await engine.call('simulate', ensemble)
      expect(reports.map(({ step }) => step)).toEqual(
        Array.from({ length: steps / every + 1 }, (_, k) => k * every),
      )
      expect(reports.map(({ fault }) => fault).filter(Boolean)).toEqual([])
      expect(positions.length % 3).toBe(0)
      expect(positions.every((x) => Number.isFinite(x))).toBe(true)

      expect(samples).toEqual(observed ? [steps, steps, steps, steps] : [])

      const [first] = reports
      const atoms = positions.length / 3
      const strayed = Math.max(
        ...reports.map(({ conservedEnergy }) => Math.abs(conservedEnergy - first.conservedEnergy)),
      )
      if (process.env.TUMBLE_MEASURE)
        console.log(
          `${name}: ${ensemble}: ${(strayed / first.kineticEnergy).toExponential(1)} of the kinetic energy, ${(performance.now() - began).toFixed(0)} ms`,
        )
      expect(strayed).toBeLessThan(STRAYING * first.kineticEnergy)
      // It moves, at about the temperature it was given.
      expect(first.kineticEnergy).toBeGreaterThan(0.5 * atoms * BOLTZMANN * (options.temperature ?? 300))
      const distinct = (values: readonly unknown[]) => new Set(values).size
      expect(distinct(reports.map(({ potentialEnergy }) => potentialEnergy))).toBe(reports.length)
      // A strain decided upon after one step is done with the next: the second report still has the first cell.
      if (options.barostat) expect(distinct(reports.map(({ volume }) => volume))).toBe(reports.length - 1)
      const again = await engine.call('simulate', ensemble)
      expect(again.positions).toEqual(positions)
    },
    PATIENCE,
  )

  test(
    'the error of the energy falls with the square of the timestep',
    async () => {
      const deviation = async (ensemble: string): Promise<number> => {
        const energies = (await engine.call('simulate', ensemble)).reports.map((report) => report.totalEnergy)
        const mean = energies.reduce((sum, e) => sum + e, 0) / energies.length
        return Math.hypot(...energies.map((e) => e - mean))
      }
      // The same instants of the same motion. A force or a kick that is a little wrong errs alike at any timestep.
      const ratio = (await deviation('NVE')) / (await deviation('NVE at half the timestep'))
      if (process.env.TUMBLE_MEASURE) console.log(`${name}: ratio of the errors ${ratio.toFixed(2)}`)
      expect(ratio).toBeGreaterThan(3.5)
      expect(ratio).toBeLessThan(4.5)
    },
    PATIENCE,
  )

  test(
    'a box of water relaxes, its cell too, and twice the same way',
    async () => {
      const steps = 6
      const reports = await engine.call('relax', steps)
      expect(reports.map(({ step }) => step)).toEqual(Array.from({ length: steps + 1 }, (_, k) => k))
      expect(reports.map(({ fault }) => fault).filter(Boolean)).toEqual([])
      // FIRE may overshoot now and then, but the gallery's box is far above this model's minimum.
      expect(reports[steps].energy).toBeLessThan(reports[0].energy)
      expect(new Set(reports.map(({ volume }) => volume)).size).toBe(steps + 1)
      expect(await engine.call('relax', steps)).toEqual(reports)
    },
    PATIENCE,
  )

  test(
    'replicas exchange temperatures, keep account of it, and do so twice the same way',
    async () => {
      const steps = 12
      const reports = await engine.call('exchange', steps)
      expect(reports.map(({ fault }) => fault).filter(Boolean)).toEqual([])
      const { climb } = reports[steps - 1]
      expect(climb).toMatchObject({ tried: [3, 3] })
      // Accepted in nine of ten cases, because 2 % of a temperature are a fraction of the energies' spread.
      expect(climb!.made[0] + climb!.made[1]).toBeGreaterThan(2)
      expect(climb!.rungOf.map((rung) => climb!.replicaOn[rung])).toEqual([0, 1, 2])
      for (const [replica, { kineticEnergy, conservedEnergy }] of reports[0].replicas.entries()) {
        const strayed = reports.map(({ replicas }) =>
          Math.abs(replicas[replica].conservedEnergy - conservedEnergy),
        )
        expect(Math.max(...strayed)).toBeLessThan(STRAYING * kineticEnergy)
      }
      expect(await engine.call('exchange', steps)).toEqual(reports)
    },
    PATIENCE,
  )

  test(
    'a molecule whose velocities are turned around goes back the way it came',
    async () => {
      const { turn, end, strayed } = await engine.call('thereAndBack', 40)
      expect(turn).toBeGreaterThan(0.05)
      expect(end).toBeLessThan(5e-5)
      expect(strayed).toBeLessThan(1e-4)
    },
    PATIENCE,
  )

  // The last two look back at the tests above.
  test('the shader compiler has had nothing to say', async () => {
    expect((await engine.call('compiled')).messages).toEqual([])
  })

  test('every kernel of energies, forces, motion and analysis has been compiled', async () => {
    const { modules, features } = await engine.call('compiled')
    const kernels = kernelsOf([
      ...['common', 'et', 'equiformer', 'irreps', 'priors', 'neighbors', 'dynamics', 'analysis'],
    ])
    expect(modules).toEqual(
      expect.arrayContaining(
        features.includes('subgroups') ? kernels : kernels.filter((kernel) => !needsSubgroups(kernel)),
      ),
    )
  })
})
