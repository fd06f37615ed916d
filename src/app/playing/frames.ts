import type { Vector } from '../../chemistry/cell.ts'
import type { Cell } from '../../chemistry/structure.ts'
import type { TrajectoryFrame } from '../../formats/index.ts'
import { Rows } from './rows.ts'

/** What is kept of a frame. */
export type Frame = Omit<TrajectoryFrame, 'step' | 'info'>

/** Frames of the same atoms one after the other, in float32 and nothing twice: a large file's worth fits a page. */
export class Frames {
  /** [3 × atoms] Å, less the origin */
  readonly positions: Rows
  private moving: Rows | null = null
  private forced: Rows | null = null
  private readonly fs: number[] = []
  private readonly eV: number[] = []
  private readonly cells: (Cell | null)[] = []
  /** Whether time is known and goes on, so far. */
  private timed = true

  /** @param origin Å: what is taken away from positions, so that float32 keeps their digits */
  constructor(
    readonly atoms: number,
    readonly origin: Vector,
  ) {
    this.positions = new Rows(3 * atoms)
  }

  get length(): number {
    return this.positions.length
  }

  /** Bytes that the atoms of all frames take. */
  get bytes(): number {
    const { length, moving, forced, atoms } = this
    return 12 * atoms * length * (1 + (moving ? 1 : 0) + (forced ? 1 : 0))
  }

  push({ positions, velocities, forces, cell, energy, time }: Frame): void {
    this.moving = this.kept(this.moving, velocities)
    this.forced = this.kept(this.forced, forces)
    this.positions.push(positions, this.origin)
    this.timed &&= time !== null && (this.length === 1 || time > this.fs[this.fs.length - 1])
    this.fs.push(time ?? Number.NaN)
    this.eV.push(energy ?? Number.NaN)
    const before = this.cells.at(-1)
    // Most runs keep their cell.
    this.cells.push(before && cell?.every((x, i) => x === before[i]) ? before : cell)
  }

  /** What every frame has is kept; what some lack cannot be played. */
  private kept(rows: Rows | null, vectors: Float64Array | undefined): Rows | null {
    const all = rows ?? (this.length === 0 && vectors ? new Rows(3 * this.atoms) : null)
    if (!all || !vectors) return null
    all.push(vectors)
    return all
  }

  /** [3 × atoms] Å/fs; null unless all frames have them. */
  get velocities(): Rows | null {
    return this.moving
  }

  /** [3 × atoms] eV/Å; null unless all frames have them. */
  get forces(): Rows | null {
    return this.forced
  }

  /** Rows in Å; null where the file has none. */
  cellAt(index: number): Cell | null {
    return this.cells[index]
  }

  /** fs of every frame; null unless all have one and time goes on. */
  get times(): readonly number[] | null {
    return this.timed && this.length > 1 ? this.fs : null
  }

  /** eV of every frame, NaN where the file has none; null where it never has. */
  get energies(): readonly number[] | null {
    return this.eV.some((energy) => !Number.isNaN(energy)) ? this.eV : null
  }
}
