import { MeanSquareDisplacement } from '../analysis/displacement.ts'
import { RadialDistribution, type RadialReport } from '../analysis/radial-distribution.ts'
import { Shape } from '../analysis/shape.ts'
import { vibrationalSpectrum } from '../analysis/spectrum.ts'
import { VelocityCorrelation } from '../analysis/velocity-correlation.ts'
import type { Simulation } from '../dynamics/simulation.ts'
import { type Buffers, readBuffers } from '../dynamics/slot.ts'
import type { Observer } from '../dynamics/watchers.ts'
import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import type { Arguments, OptionTable } from './arguments.ts'
import { writeBytes } from './files.ts'

/** Observables over many frames that `tumble run` can be asked for. */
export const analysisOptions: OptionTable = {
  observe: {
    type: 'string',
    value: 'LIST',
    help: 'of shape, msd, rdf, vacf: gyration and end-to-end distance, mean-square displacement, radial distribution, velocity correlation with its spectrum',
  },
  'observe-every': { type: 'string', value: 'N', help: 'steps between frames of --observe', default: '10' },
  ends: {
    type: 'string',
    value: 'LIST',
    help: 'two atoms, counted from 1, whose distance is the end-to-end one (default: the first and the last)',
  },
  'rdf-maximum': {
    type: 'string',
    value: 'Å',
    help: 'furthest pairs of the radial distribution',
    default: '10',
  },
  window: {
    type: 'string',
    value: 'N',
    help: 'lags of the velocity correlation, in frames',
    default: '1024',
  },
  observables: {
    type: 'string',
    value: 'FILE',
    help: 'where --observe goes, as JSON',
    default: 'observables.json',
  },
}

const KINDS = ['shape', 'msd', 'rdf', 'vacf'] as const
type Kind = (typeof KINDS)[number]

export interface AnalysisPlan {
  readonly kinds: readonly Kind[]
  readonly every: number
  /** counted from 0 */
  readonly ends: readonly [number, number] | undefined
  readonly maximum: number
  readonly window: number
  readonly file: string
}

/**
 * What to sum over frames; null where nothing was asked for.
 * @throws InputError for observables there are none of, and options out of range
 */
export function analysisPlanOf(given: Arguments): AnalysisPlan | null {
  const text = given.text('observe')
  if (text === undefined) return null
  const kinds = text.split(',').map((part) => {
    const kind = KINDS.find((name) => name === part.trim())
    if (!kind)
      throw new InputError(`--observe takes ${KINDS.join(', ')}, and several with commas, not "${part}".`)
    return kind
  })
  return {
    kinds: [...new Set(kinds)],
    every: given.number('observe-every', { least: 1, whole: true }),
    ends: endsOf(given),
    maximum: given.number('rdf-maximum', { above: 0 }),
    window: given.number('window', { least: 2, whole: true }),
    file: given.text('observables') as string,
  }
}

function endsOf(given: Arguments): AnalysisPlan['ends'] {
  if (given.text('ends') === undefined) return
  const atoms = given.list('ends')
  if (atoms.length !== 2)
    throw new InputError(`--ends takes two atoms, such as 1,9, not ${atoms.length}: "${given.text('ends')}".`)
  return [atoms[0] - 1, atoms[1] - 1]
}

/** An observable, and what of it goes into the file: plain numbers and lists, units in the names. */
interface Instrument extends Observer {
  /** What it has summed: with these contents another instrument goes on where this one is. */
  readonly memory: Buffers
  summary(): Promise<Readonly<Record<string, unknown>>>
  destroy(): void
}

/** What observables have summed up to some frame, on the CPU. */
export type SavedAnalysis = ReadonlyMap<Kind, Readonly<Record<string, Uint32Array>>>

/** The observables of one run, from their first frame to their file. */
export class RunAnalysis {
  private constructor(
    private readonly gpu: Gpu,
    private readonly plan: AnalysisPlan,
    private readonly simulation: Simulation,
    private readonly instruments: ReadonlyMap<Kind, Instrument>,
  ) {}

  /**
   * @param saved to go on from, on this or another device
   * @throws InputError for what does not fit the adapter
   */
  static async create(
    gpu: Gpu,
    simulation: Simulation,
    plan: AnalysisPlan,
    saved: SavedAnalysis | null = null,
  ): Promise<RunAnalysis> {
    const instruments = new Map<Kind, Instrument>()
    for (const kind of plan.kinds) {
      const instrument = await makers[kind](gpu, simulation, plan)
      for (const [name, words] of Object.entries(saved?.get(kind) ?? {}))
        gpu.upload(instrument.memory[name], words)
      simulation.watch(instrument, plan.every)
      instruments.set(kind, instrument)
    }
    return new RunAnalysis(gpu, plan, simulation, instruments)
  }

  /** What it is by now. */
  async save(): Promise<SavedAnalysis> {
    const saved = new Map<Kind, Readonly<Record<string, Uint32Array>>>()
    for (const [kind, { memory }] of this.instruments) saved.set(kind, await readBuffers(this.gpu, memory))
    return saved
  }

  /**
   * Writes the file, complete or not at all.
   * @throws InputError for a place that cannot be written
   */
  async write(): Promise<void> {
    const { plan, simulation } = this
    const content: Record<string, unknown> = {
      every_steps: plan.every,
      interval_fs: plan.every * simulation.timestep,
    }
    for (const [kind, instrument] of this.instruments) content[kind] = await instrument.summary()
    await writeBytes(plan.file, new TextEncoder().encode(`${JSON.stringify(content, plain, 1)}\n`))
  }

  destroy(): void {
    for (const instrument of this.instruments.values()) instrument.destroy()
  }
}

const makers: Readonly<
  Record<Kind, (gpu: Gpu, simulation: Simulation, plan: AnalysisPlan) => Promise<Instrument>>
> = {
  async shape(gpu, { source }, { ends }) {
    const shape = await Shape.create(gpu, source, { ends })
    return reporting(shape, async () => {
      const { samples, radiusStatistics, endStatistics, gyrationTensor, centerOfMass } = await shape.read()
      return {
        samples,
        radius_of_gyration_A: radiusStatistics,
        end_to_end_A: endStatistics,
        last_gyration_tensor_A2: gyrationTensor,
        last_center_of_mass_A: centerOfMass,
      }
    })
  },
  async msd(gpu, { source, fixed }) {
    // What is held fast does not drift, and the rest is to be seen moving against it.
    const displacement = await MeanSquareDisplacement.create(gpu, source, { removeDrift: fixed.length === 0 })
    return reporting(displacement, async () => {
      const { samples, series } = await displacement.read()
      return { samples, displacement_A2: series }
    })
  },
  async rdf(gpu, { source }, { maximum }) {
    const distribution = await RadialDistribution.create(gpu, source, { maximum })
    return reporting(distribution, async () => {
      const { samples, distances, pairs, volume } = await distribution.read()
      return { samples, distances_A: distances, mean_volume_A3: volume, pairs: possible(pairs) }
    })
  },
  async vacf(gpu, simulation, { window, every }) {
    const velocities = await VelocityCorrelation.create(gpu, simulation.source, { window })
    return reporting(velocities, async () => {
      const { samples, raw, normalized } = await velocities.read()
      if (normalized.length < 2) return { samples, normalized }
      const interval = every * simulation.timestep
      const { wavenumbers, intensities } = vibrationalSpectrum(raw, { interval, maximum: 4500 })
      return { samples, normalized, spectrum: { wavenumbers_per_cm: wavenumbers, intensities } }
    })
  },
}

/** Without the pairs that no two atoms make: those of an element with itself where there is one atom of it. */
const possible = (pairs: RadialReport['pairs']): RadialReport['pairs'] =>
  new Map([...pairs].filter(([, { values }]) => !values.every(Number.isNaN)))

type Readable = Observer & { readonly memory: Buffers; destroy(): void }

const reporting = (
  observer: Readable,
  summary: () => Promise<Readonly<Record<string, unknown>>>,
): Instrument => ({
  get dispatches() {
    return observer.dispatches
  },
  frames: observer.frames,
  memory: observer.memory,
  reset: () => observer.reset(),
  destroy: () => observer.destroy(),
  summary,
})

/** Maps as objects, typed arrays as lists of the digits that float32 holds. */
function plain(_: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value)
  if (value instanceof Float64Array) return Array.from(value, (x) => Number(x.toPrecision(7)))
  return value
}
