/** The goals of the project's speed, each with what these results say of it; one that is missed is a row as well. */
import { isMeasured, type PeerResults, type Results, type Startup } from './results.ts'
import { digits, duration, growing, type Table } from './tables.ts'

interface Goal {
  readonly what: string
  readonly aim: string
  /** what was found and whether it is enough; null where these results do not tell */
  readonly found: { readonly text: string; readonly reached: boolean } | null
}

const goal = (
  what: string,
  aim: string,
  value: number | null,
  enough: (x: number) => boolean,
  text: (x: number) => string,
): Goal => ({
  what,
  aim,
  found: value === null || !Number.isFinite(value) ? null : { text: text(value), reached: enough(value) },
})

/** The largest of some numbers, or null where there are none. */
const most = (values: readonly number[]): number | null => (values.length > 0 ? Math.max(...values) : null)
const least = (values: readonly number[]): number | null => (values.length > 0 ? Math.min(...values) : null)

/** Dispatches that a cell list adds to the search for neighbours. */
const CELL_LIST = 9

export function goalsOf({ cases, variants, peers, startup, isSoftware }: Results): Goal[] {
  const inLists = (variants ?? [])
    .filter(({ model }) => model === 'spice')
    .flatMap((comparison) => comparison.variants)
    .find(({ name }) => name.includes('in lists'))
  const measured = cases.filter(isMeasured)
  const spice = measured.filter(({ model }) => model === 'spice')
  const sizes = growing(cases).filter(({ atoms }) => atoms >= 384 && atoms < 12_000)
  // A range of which one end was not run tells nothing.
  const whole = sizes.some(({ atoms }) => atoms < 500) && sizes.some(({ atoms }) => atoms > 9000)
  const costs = sizes.map(({ secondsPerStep, atoms }) => secondsPerStep.quickest / atoms)
  const ratiosOf = (name: string) =>
    (peers ?? [])
      .filter(({ structure }) => /ethanol/i.test(structure))
      .flatMap(({ engines }) => engines)
      .filter(({ engine }) => engine.includes(name))
      .map(({ ratio }) => ratio)
  const torchRatios = (which: (peer: PeerResults) => boolean) =>
    (peers ?? [])
      .filter(which)
      .flatMap(({ engines }) => engines)
      .filter(({ engine }) => engine.startsWith('TorchMD-NET'))
      .map(({ ratio }) => ratio)
  const median = (starts: readonly Startup[] | undefined, event: keyof Startup) => {
    const times = (starts ?? []).flatMap((start) => start[event] ?? []).sort((a, b) => a - b)
    return times.length > 0 ? times[Math.floor(times.length / 2)] : null
  }
  return [
    goal(
      `dispatches per step, SPICE-size${inLists ? ', in lists' : ''}`,
      'at most 60',
      // With a cell list, which the variants' small system has not.
      inLists ? inLists.dispatchesPerStep + CELL_LIST : most(spice.map((c) => c.dispatchesPerStep)),
      (x) => x <= 60,
      String,
    ),
    goal(
      'submissions per frame',
      '1',
      most(measured.map((c) => c.submissionsPerBatch)),
      (x) => x <= 1,
      String,
    ),
    goal(
      'bytes read back per frame',
      'under 64 KB',
      most(measured.map((c) => c.bytesPerReport)),
      (x) => x < 65_536,
      String,
    ),
    goal(
      'cost per atom from about 400 to 10,000 atoms, largest over smallest',
      'at most 1.20',
      whole ? Math.max(...costs) / Math.min(...costs) : null,
      (x) => x <= 1.2,
      (x) => x.toFixed(2),
    ),
    goal(
      'onnxruntime-web, WebGPU backend, over a step of Tumble, ethanol',
      'at least 50',
      least(ratiosOf('WebGPU backend')),
      (x) => x >= 50,
      digits,
    ),
    goal(
      'onnxruntime-web, WASM backend, over a step of Tumble, ethanol',
      'above 1',
      least(ratiosOf('WASM backend')),
      (x) => x > 1,
      digits,
    ),
    // A software adapter's peak says nothing of a GPU's.
    goal(
      'TorchMD-NET in PyTorch over a step of Tumble, under 100 atoms, smallest (GPU)',
      'at least 5',
      isSoftware ? null : least(torchRatios(({ atoms }) => atoms < 100)),
      (x) => x >= 5,
      digits,
    ),
    goal(
      'TorchMD-NET in PyTorch over a step of Tumble, about 1,000 atoms, smallest (GPU)',
      'at least 2',
      isSoftware ? null : least(torchRatios(({ atoms }) => atoms >= 900)),
      (x) => x >= 2,
      digits,
    ),
    goal(
      'useful arithmetic of large systems, of the measured peak (GPU)',
      'at least 35 %',
      isSoftware ? null : most(measured.filter((c) => c.atoms >= 1000).map((c) => 100 * c.shareOfProduct)),
      (x) => x >= 35,
      (x) => `${digits(x)} %`,
    ),
    goal(
      'first picture of the page, nothing cached',
      'within 2 s',
      median(startup?.cold, 'firstPicture'),
      (x) => x <= 2,
      duration,
    ),
    goal(
      'first motion of the page, nothing cached',
      'within 2 s',
      median(startup?.cold, 'firstStep'),
      (x) => x <= 2,
      duration,
    ),
    goal(
      'first motion of the page, cached',
      'within 0.7 s',
      median(startup?.warm, 'firstStep'),
      (x) => x <= 0.7,
      duration,
    ),
  ]
}

/** @param all whether goals that these results do not tell of have a row, too */
export const goalTable = (results: Results, all = true): Table => ({
  columns: ['goal', 'aim', 'found', ''],
  rows: goalsOf(results)
    .filter(({ found }) => all || found)
    .map(({ what, aim, found }) => [
      what,
      aim,
      found?.text ?? 'not measured here',
      found ? (found.reached ? 'reached' : 'missed') : '',
    ]),
})
