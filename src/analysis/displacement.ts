import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { type Dispatch, lanesFor } from '../gpu/kernel.ts'
import { Frames } from './frames.ts'
import { observedMasses, type StillSource, speciesOf, structureOf } from './source.ts'

export interface DisplacementOptions {
  /** what an atom counts in the average: as much as any other ('atoms', the standard), or its mass */
  readonly average?: 'atoms' | 'mass'
  /** whether the motion of the centre of mass is taken off; true if left out. Not for runs with atoms held fast. */
  readonly removeDrift?: boolean
  /** frames of which the whole series is kept; 4096 if left out */
  readonly capacity?: number
}

export interface DisplacementReport {
  /** frames taken since the reference was */
  readonly samples: number
  /** Å², in the last frame, by element symbol and for 'all' */
  readonly latest: ReadonlyMap<string, number>
  /** Å² of each frame as far as the capacity reaches, by element symbol and for 'all' */
  readonly series: ReadonlyMap<string, Float64Array>
}

/**
 * Mean-square displacement from the positions at creation or at the last {@link reset}. Positions are unwrapped, so that
 * no cell is needed; under a barostat the displacement contains what the cell's strain moves the atoms.
 */
export class MeanSquareDisplacement {
  private constructor(
    private readonly gpu: Gpu,
    private readonly source: StillSource,
    readonly frames: Frames,
    private readonly work: Dispatch,
    private readonly groups: readonly string[],
    private readonly capacity: number,
    private readonly reference: GPUBuffer,
    private readonly traits: GPUBuffer,
    private readonly series: GPUBuffer,
  ) {
    this.reset()
  }

  /** @throws InputError for several systems at once, for masses or a capacity that make no sense */
  static async create(
    gpu: Gpu,
    source: StillSource,
    { average = 'atoms', removeDrift = true, capacity = 4096 }: DisplacementOptions = {},
  ): Promise<MeanSquareDisplacement> {
    if (!(Number.isInteger(capacity) && capacity > 0))
      throw new InputError(
        `A series of displacements needs room for whole frames, at least 1, not ${capacity}.`,
      )
    const species = speciesOf(structureOf(source))
    const masses = observedMasses(source)
    const groups = [...species.symbols, 'all']
    const WORKGROUP = lanesFor(source.atoms.atoms)
    const kernel = await gpu.kernel('analysis/displacement', {
      constants: { WORKGROUP, GROUPS: groups.length, CAPACITY: capacity },
    })
    const frames = await Frames.create(gpu, source.status)
    const traits = new Float32Array(4 * masses.length)
    masses.forEach((mass, i) => {
      traits.set([removeDrift ? mass : 0, average === 'mass' ? mass : 1, species.of[i]], 4 * i)
    })
    const { system, positions } = source.atoms
    const buffers = {
      reference: gpu.buffer('reference positions', positions.size),
      traits: gpu.bufferFrom('traits', traits),
      series: gpu.buffer('displacements', 4 * (capacity + 1) * groups.length),
    }
    const work = kernel.bind({ system, frame: frames.buffer, positions, ...buffers }, [groups.length, 1, 1])
    const { reference, series } = buffers
    return new MeanSquareDisplacement(
      gpu,
      source,
      frames,
      work,
      groups,
      capacity,
      reference,
      buffers.traits,
      series,
    )
  }

  /** Takes one frame. */
  get dispatches(): readonly Dispatch[] {
    return [this.frames.begin, this.work]
  }

  /** What it has summed so far: with these contents another one goes on from here. */
  get memory() {
    return { frame: this.frames.buffer, reference: this.reference, series: this.series }
  }

  async read(): Promise<DisplacementReport> {
    const [frame, bytes] = await this.gpu.readAll([this.frames.buffer, this.series])
    const samples = Frames.samples(frame)
    const values = new Float32Array(bytes)
    const { groups, capacity } = this
    const at = (row: number, g: number) => values[row * groups.length + g]
    const kept = Math.min(samples, capacity)
    return {
      samples,
      latest: new Map(groups.map((group, g) => [group, at(capacity, g)])),
      series: new Map(
        groups.map((group, g) => [group, Float64Array.from({ length: kept }, (_, row) => at(row, g))]),
      ),
    }
  }

  /** Takes the present positions for the reference and forgets all frames. */
  reset(): void {
    this.frames.reset()
    this.gpu.upload(this.series, new Uint8Array(this.series.size))
    this.gpu.copy('reference positions', [[this.source.atoms.positions, this.reference]])
  }

  destroy(): void {
    this.frames.destroy()
    for (const buffer of [this.reference, this.traits, this.series]) buffer.destroy()
  }
}
