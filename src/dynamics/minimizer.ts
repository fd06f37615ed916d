import { symbolOf } from '../chemistry/elements.ts'
import { atomCount, type Structure } from '../chemistry/structure.ts'
import { BAR } from '../chemistry/units.ts'
import { checkStructure } from '../chemistry/validate.ts'
import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { cover, type Dispatch, type Kernel, lanesFor } from '../gpu/kernel.ts'
import { type ForceField, inDefaultCell } from '../models/force-field.ts'
import { readStatus, type Status } from '../neighbors/status.ts'
import { Batches } from './batches.ts'
import { ForceSystem } from './force-system.ts'
import { checkHeld } from './masses.ts'
import { repeatingRows, stateOfCell } from './observables.ts'
import { cellRowsOf, fieldsOf, type Layout, sizeOf, xyzOf } from './readback.ts'
import { checkMovingCell } from './run-settings.ts'
import type { Report, Restraint, SphericalWall } from './types.ts'

const WORKGROUP = 64
/** Of shaders/dynamics/fire.wgsl. */
export const FIRE = [
  ['timestep', 1],
  ['mixing', 1],
  ['downhill', 1],
  ['moved', 1],
  ['converged', 1],
  ['back', 1],
  ['keep', 1],
  ['push', 1],
  ['cellVelocity', 6],
  ['cellForce', 6],
  ['energy', 1],
  ['force', 1],
  ['atom', 1],
  ['virial', 6],
  ['cell', 9],
] as const satisfies Layout

const WHOLE = ['downhill', 'moved', 'converged', 'atom']
export const FIRE_BYTES = sizeOf(FIRE)
export const FIRE_SETTINGS_BYTES = 16

/** Å/√eV, as ASE starts. */
const TIMESTEP = 0.1
const MIXING = 0.25

const CELL_MODES = ['none', 'isotropic', 'free'] as const

export interface MinimizerOptions {
  /** eV/Å: done when no atom feels a larger force; 0.01 if left out. */
  readonly fmax?: number
  /** Å: no atom moves further in one step; 0.2 if left out. */
  readonly furthest?: number
  /** Whether the cell relaxes, too: all axes alike or any way; and to which pressure in bar, 0 if left out. */
  readonly cell?: { readonly kind: 'isotropic' | 'free'; readonly pressure?: number }
  /** Atoms, counted from 0, that are held where they are. */
  readonly fixed?: readonly number[]
  readonly restraints?: readonly Restraint[]
  readonly wall?: SphericalWall
}

/** How far a minimisation has come. */
export interface MinimizerReport extends Pick<Report, 'cell' | 'volume' | 'stress' | 'pressure'> {
  readonly step: number
  /** eV */
  readonly energy: number
  /** eV/Å, the largest on an atom that may move */
  readonly maxForce: number
  /** The atom, counted from 0, that feels it. */
  readonly atom: number
  /** Directed pairs within the cutoff, self pairs included. */
  readonly pairs: number
  readonly converged: boolean
  /** Set when it has stopped by itself: one sentence with the atom and the step. */
  readonly fault: string | null
}

/**
 * Relaxes a structure under a force field by FIRE, all of it on the GPU: a step is *move → neighbour list → forces →
 * decide*. Once converged nothing moves, so that results do not depend on how steps were batched.
 * See shaders/dynamics/fire_decide.wgsl.
 */
export class Minimizer {
  private requested = 0
  private bound: readonly Dispatch[] = []
  private readonly batches: Batches

  private constructor(
    readonly gpu: Gpu,
    private readonly given: Structure,
    readonly field: ForceField,
    private readonly system: ForceSystem,
    private readonly kernels: { readonly move: Kernel; readonly turn: Kernel; readonly decide: Kernel },
    private readonly settings: GPUBuffer,
    private readonly velocities: GPUBuffer,
    private readonly fire: GPUBuffer,
    private readonly fixed: ReadonlySet<number>,
    private readonly movesCell: boolean,
  ) {
    this.batches = new Batches(gpu)
  }

  /**
   * Uploads everything and evaluates the first forces.
   * @throws InputError for structures that cannot be relaxed with this force field, and for settings out of range
   */
  static async create(
    gpu: Gpu,
    given: Structure,
    field: ForceField,
    options: MinimizerOptions = {},
  ): Promise<Minimizer> {
    const structure = inDefaultCell(given, field)
    checkStructure(structure)
    checkOptions(structure, field, options)
    const { fmax = 0.01, furthest = 0.2, cell, fixed = [] } = options
    const system = await ForceSystem.create(gpu, structure, field, options)
    try {
      const atoms = atomCount(structure)
      const [move, turn, decide] = await Promise.all([
        gpu.kernel('dynamics/fire_move', { constants: { WORKGROUP } }),
        gpu.kernel('dynamics/fire_turn'),
        gpu.kernel('dynamics/fire_decide', { constants: { WORKGROUP: lanesFor(atoms) } }),
      ])
      const settings = new ArrayBuffer(FIRE_SETTINGS_BYTES)
      new Float32Array(settings).set([fmax, furthest, (cell?.pressure ?? 0) * BAR])
      new Uint32Array(settings)[3] = CELL_MODES.indexOf(cell?.kind ?? 'none')
      const velocities = new Float32Array(4 * atoms)
      const held = new Set(fixed)
      for (let i = 0; i < atoms; i++) velocities[4 * i + 3] = held.has(i) ? 0 : 1
      const fire = new Float32Array(FIRE_BYTES / 4)
      fire.set([TIMESTEP, MIXING])
      const minimizer = new Minimizer(
        gpu,
        structure,
        field,
        system,
        { move, turn, decide },
        gpu.bufferFrom(
          'minimizer settings',
          new Uint8Array(settings),
          GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
        ),
        gpu.bufferFrom('minimizer velocities', velocities),
        gpu.bufferFrom('minimizer', fire),
        held,
        cell !== undefined,
      )
      minimizer.bind()
      gpu.submit('first forces', minimizer.look)
      return minimizer
    } catch (error) {
      system.destroy()
      throw error
    }
  }

  /** What one step is made of, in order. */
  get stepDispatches(): readonly Dispatch[] {
    const [move, turn] = this.bound
    return [move, turn, ...this.look]
  }

  /**
   * Takes up to `steps` steps and reports every `every`; the last report is the one that has converged, or has a fault.
   */
  async *run({
    steps,
    every,
  }: {
    steps: number
    every: number
  }): AsyncGenerator<MinimizerReport, void, void> {
    const first = await this.observe()
    yield first
    if (first.converged || first.fault) return
    for (let done = 0; done < steps; ) {
      const count = Math.min(every, steps - done)
      await this.batches.take(count, (batch) => this.advance(batch))
      done += count
      const report = await this.observe()
      yield report
      if (report.converged || report.fault) return
    }
  }

  advance(count: number): void {
    this.requested += count
    this.submit(count)
  }

  /** After the last step asked for. */
  async observe(): Promise<MinimizerReport> {
    for (;;) {
      const [fire, words] = await this.gpu.readAll([this.fire, this.system.status])
      const status = readStatus(new Uint32Array(words))
      if (status.overflow > 0) {
        // The evaluation that found too little room is done again, and steps that it held up after it.
        await this.system.grow()
        this.bind()
        this.gpu.submit('forces again', this.look)
        continue
      }
      const fields = fieldsOf(FIRE, fire, WHOLE)
      const converged = fields.converged[0] === 1
      if (status.step < this.requested && !converged && status.fault === 0) {
        this.submit(this.requested - status.step)
        continue
      }
      this.requested = status.step
      return this.report(fields, status)
    }
  }

  /** The structure with positions and cell as they are after the last step, and the forces there. */
  async structure(): Promise<Structure> {
    await this.observe()
    const { atoms } = this.system
    const [positions, outputs, cells] = await this.gpu.readAll([atoms.positions, atoms.outputs, atoms.cells])
    const { velocities: _, ...structure } = this.given
    const x = xyzOf(positions, atoms.origins[0])
    return {
      ...structure,
      // Exactly where they were, not as float32 brings them back.
      positions: x.map((value, k) => (this.fixed.has(Math.floor(k / 3)) ? this.given.positions[k] : value)),
      forces: xyzOf(outputs),
      cell: this.movesCell ? repeatingRows(cellRowsOf(cells), structure) : structure.cell,
    }
  }

  destroy(): void {
    this.system.destroy()
    for (const buffer of [this.settings, this.velocities, this.fire]) buffer.destroy()
  }

  /** Forces where the atoms are, and what to do about them. */
  private get look(): readonly Dispatch[] {
    return [...this.system.dispatches, this.bound[2]]
  }

  private bind(): void {
    const { system, kernels, settings, velocities, fire } = this
    const { atoms, status } = system
    const { positions, outputs, virial, cells } = atoms
    const shared = { system: atoms.system, settings, outputs, velocities, cells, status, fire }
    this.bound = [
      kernels.move.bind({ ...shared, positions }, cover(atoms.atoms, WORKGROUP)),
      kernels.turn.bind({ status, fire }, [1, 1, 1]),
      kernels.decide.bind({ ...shared, virial }, [1, 1, 1]),
    ]
  }

  private submit(count: number): void {
    const step = this.stepDispatches
    this.gpu.submit('minimize', Array.from({ length: count }, () => step).flat())
  }

  private report(
    fields: Record<(typeof FIRE)[number][0], readonly number[]>,
    status: Status,
  ): MinimizerReport {
    const { atoms } = this.system
    const [atom] = fields.atom
    const still = { motion: [0, 0, 0, 0, 0, 0], virial: fields.virial, cell: fields.cell }
    const name = (index: number) => `${symbolOf(this.given.atomicNumbers[index])}${index + 1}`
    return {
      step: status.step,
      energy: fields.energy[0] + this.field.constantEnergy(atoms.typeIndices),
      maxForce: fields.force[0],
      atom,
      pairs: status.edges,
      converged: fields.converged[0] === 1,
      ...(this.movesCell
        ? stateOfCell(still, this.given)
        : { cell: this.given.cell, volume: null, stress: null, pressure: null }),
      fault:
        status.fault === 0
          ? null
          : `The relaxation stopped at step ${status.step}: the force on atom ${name(0xffffffff - status.fault)} is no number a step could follow; move atoms that overlap apart.`,
    }
  }
}

/** @throws InputError for options that make no sense, or none with this structure and force field */
function checkOptions(structure: Structure, { card }: ForceField, options: MinimizerOptions): void {
  const { fmax = 0.01, furthest = 0.2, cell, fixed = [] } = options
  if (card.output !== 'energy')
    throw new InputError(
      `${card.title} returns a ${card.output}, not an energy: it has no minimum to relax into.`,
    )
  if (!(fmax > 0 && Number.isFinite(fmax)))
    throw new InputError(`The largest force to be left must be a positive number of eV/Å, not ${fmax}.`)
  if (!(furthest > 0 && furthest <= 1))
    throw new InputError(`Atoms may move by up to 1 Å in a step, and must move, not by ${furthest} Å.`)
  checkHeld(fixed, atomCount(structure))
  if (!cell) return
  if (!Number.isFinite(cell.pressure ?? 0))
    throw new InputError(`The pressure must be a number of bar, not ${cell.pressure}.`)
  checkMovingCell('A relaxation of the cell', structure, options)
}
