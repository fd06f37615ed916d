import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { cover, type Dispatch } from '../gpu/kernel.ts'
import { Frames } from './frames.ts'
import { normalizePairs, type PairDistribution } from './pair-distribution.ts'
import { type Species, type StillSource, speciesOf, structureOf } from './source.ts'

const WORKGROUP = 64

export interface RadialOptions {
  /** Å up to which pairs are counted; 10 if left out */
  readonly maximum?: number
  /** 200 if left out */
  readonly bins?: number
}

export interface RadialReport {
  /** frames taken since the last reset */
  readonly samples: number
  /** Å, middles of the bins */
  readonly distances: Float64Array
  /** by pair of element symbols, lighter first: `H–O` */
  readonly pairs: ReadonlyMap<string, PairDistribution>
  /** Å³, mean over the frames; null where not all three axes repeat */
  readonly volume: number | null
}

/**
 * Radial distribution functions of all pairs of elements, from whole numbers counted on the GPU. All images within the
 * maximum count, those of an atom itself too: a cell may be smaller than the maximum. The cell of each frame is used;
 * the normalisation takes the mean volume.
 */
export class RadialDistribution {
  private constructor(
    private readonly gpu: Gpu,
    private readonly source: StillSource,
    readonly frames: Frames,
    private readonly work: readonly Dispatch[],
    private readonly species: Species,
    private readonly maximum: number,
    private readonly bins: number,
    private readonly histogram: GPUBuffer,
    private readonly totals: GPUBuffer,
    private readonly volume: GPUBuffer,
    private readonly speciesBuffer: GPUBuffer,
  ) {}

  /** @throws InputError for several systems at once, for a maximum or bins that make no sense */
  static async create(
    gpu: Gpu,
    source: StillSource,
    { maximum = 10, bins = 200 }: RadialOptions = {},
  ): Promise<RadialDistribution> {
    if (!(maximum > 0 && Number.isFinite(maximum)))
      throw new InputError(`Pairs must be counted up to a distance above 0 Å, not ${maximum}.`)
    if (!(Number.isInteger(bins) && bins > 0))
      throw new InputError(`A histogram needs a whole number of bins, at least 1, not ${bins}.`)
    const species = speciesOf(structureOf(source))
    const kinds = species.numbers.length
    const count = (bins * kinds * (kinds + 1)) / 2
    const [pairs, fold] = await Promise.all([
      gpu.kernel('analysis/pair_histogram', {
        constants: { WORKGROUP, SPECIES: kinds, BINS: bins, R_MAX: maximum },
      }),
      gpu.kernel('analysis/fold', { constants: { WORKGROUP, COUNT: count } }),
    ])
    const frames = await Frames.create(gpu, source.status)
    const histogram = gpu.buffer('pair histogram', 4 * count)
    const totals = gpu.buffer('pair counts', 8 * count)
    const volume = gpu.buffer('mean volume', 4)
    const kindOf = gpu.bufferFrom('species', species.of)
    const { system, positions, cells, atoms } = source.atoms
    const frame = frames.buffer
    const work = [
      pairs.bind({ system, frame, positions, species: kindOf, cells, histogram }, cover(atoms, WORKGROUP)),
      fold.bind({ frame, cells, histogram, totals, volume }, cover(count, WORKGROUP)),
    ]
    return new RadialDistribution(
      gpu,
      source,
      frames,
      work,
      species,
      maximum,
      bins,
      histogram,
      totals,
      volume,
      kindOf,
    )
  }

  /** Takes one frame. */
  get dispatches(): readonly Dispatch[] {
    return [this.frames.begin, ...this.work]
  }

  /** What it has summed so far: with these contents another one goes on from here. */
  get memory() {
    return { frame: this.frames.buffer, totals: this.totals, volume: this.volume }
  }

  async read(): Promise<RadialReport> {
    const [frame, bytes, space] = await this.gpu.readAll([this.frames.buffer, this.totals, this.volume])
    const samples = Frames.samples(frame)
    const words = new Uint32Array(bytes)
    const { species, bins, maximum } = this
    const { periodic, cell } = structureOf(this.source)
    const volume = cell && periodic.every(Boolean) ? new Float32Array(space)[0] : null
    const width = maximum / bins
    const population = species.numbers.map((_, s) => species.of.filter((other) => other === s).length)
    const pairs = new Map<string, PairDistribution>()
    let at = 0
    for (let a = 0; a < population.length; a++) {
      for (let b = a; b < population.length; b++, at += bins) {
        const counts = Float64Array.from({ length: bins }, (_, k) => {
          const word = 2 * (at + k)
          return words[word] + words[word + 1] * 2 ** 32
        })
        const system = {
          samples,
          width,
          volume,
          same: a === b,
          atoms: [population[a], population[b]] as const,
        }
        pairs.set(`${species.symbols[a]}–${species.symbols[b]}`, normalizePairs(counts, system))
      }
    }
    const distances = Float64Array.from({ length: bins }, (_, k) => (k + 0.5) * width)
    return { samples, distances, pairs, volume }
  }

  /** Forgets all frames. */
  reset(): void {
    this.frames.reset()
    for (const buffer of [this.histogram, this.totals, this.volume])
      this.gpu.upload(buffer, new Uint8Array(buffer.size))
  }

  destroy(): void {
    this.frames.destroy()
    for (const buffer of [this.histogram, this.totals, this.volume, this.speciesBuffer]) buffer.destroy()
  }
}
