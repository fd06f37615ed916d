import { positionsOf } from '../dynamics/few-atoms.ts'
import type { Nudge } from '../dynamics/nudge.ts'
import type { Simulation } from '../dynamics/simulation.ts'
import type { Report } from '../dynamics/types.ts'
import { messageOf } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import type { Loop } from './loop.ts'
import { measured, nameOfMeasure, unitOf } from './measuring.ts'
import { record } from './monitors.ts'
import { seriesOf } from './playing/geometry.ts'
import { trajectory } from './playing/signals.ts'
import * as state from './state.ts'

/** K that one press of the kick adds, and the factors of kinetic energy of heating and cooling. */
const KICK = 600
const HEAT = 1.5

/** Most atoms whose geometry is told. */
const MOST_MEASURED = 4

/** What can be done to the velocities of atoms, by name. */
export const NUDGES = {
  freeze: {
    title: 'Freeze',
    help: 'Stops them where they are; forces set them off again',
    nudge: { scale: 0 },
  },
  cool: {
    title: 'Cool',
    help: 'Takes a third of their kinetic energy',
    nudge: { scale: Math.sqrt(1 / HEAT) },
  },
  heat: { title: 'Heat', help: 'Adds half of their kinetic energy', nudge: { scale: Math.sqrt(HEAT) } },
  kick: { title: 'Kick', help: `Random velocities of ${KICK} K more`, nudge: { stir: KICK } },
  reverse: { title: 'Reverse', help: 'Turns their velocities around', nudge: { scale: -1 } },
} as const satisfies Record<string, { title: string; help: string; nudge: Nudge }>

export type NudgeName = keyof typeof NUDGES

/** What a user does to atoms while they move, and what is measured between them. */
export class Handling {
  private looking = false
  /** What is to be looked at when the present look is over. */
  private next: Report | null = null

  constructor(
    private readonly simulation: () => Simulation | null,
    private readonly loop: Loop,
    private readonly gpu: Gpu,
  ) {}

  /** Something else runs from now on. */
  begin(simulation: Simulation): void {
    state.held.value = new Set(simulation.fixed)
  }

  /** To the selected atoms, or to all where none is selected. */
  async nudge(name: NudgeName): Promise<void> {
    const simulation = this.simulation()
    if (!simulation) return
    const { value } = state.selection
    const chosen = value.length ? value : Array.from({ length: simulation.atoms }, (_, atom) => atom)
    await this.attempt(() => simulation.nudge(NUDGES[name].nudge, chosen))
  }

  /** Takes as much from all velocities as the temperature is above one in K. */
  async cool(temperature: number): Promise<void> {
    const simulation = this.simulation()
    const now = state.report.value?.temperature
    if (!simulation || !now || now <= temperature) return
    const all = Array.from({ length: simulation.atoms }, (_, atom) => atom)
    await this.attempt(() => simulation.nudge({ scale: Math.sqrt(temperature / now) }, all))
  }

  /** Holds the selected atoms fast, or lets them go where all of them are held. */
  async togglePins(): Promise<void> {
    const simulation = this.simulation()
    const { value } = state.selection
    if (!simulation || value.length === 0) return
    const held = new Set(state.held.value)
    const letGo = value.every((atom) => held.has(atom))
    for (const atom of value) letGo ? held.delete(atom) : held.add(atom)
    await this.attempt(() => simulation.hold([...held]))
    state.held.value = new Set(simulation.fixed)
  }

  /** Follows the selected atoms' distance, angle or dihedral from now on; or no longer. */
  toggleMonitor(): void {
    const { structure, selection, monitors, report } = state
    const atoms = selection.value
    if (!structure.value || atoms.length < 2 || atoms.length > MOST_MEASURED) return
    const name = nameOfMeasure(structure.value, atoms)
    const others = monitors.value.filter((monitor) => monitor.name !== name)
    const known = others.length < monitors.value.length
    const series = trajectory.value ? seriesOf(trajectory.value, atoms) : { times: [], values: [] }
    const monitor = { atoms, name, unit: unitOf(atoms.length), ...series }
    monitors.value = known ? others : [...others, monitor]
    if (report.value) void this.look(report.value)
  }

  /** Measures what is to be measured, at the time of a report. */
  async look(report: Report): Promise<void> {
    const simulation = this.simulation()
    const { monitors, selection, structure } = state
    const chosen = selection.value.length <= MOST_MEASURED ? selection.value : []
    const wanted = [...monitors.value.map(({ atoms }) => atoms), ...(chosen.length > 1 ? [chosen] : [])]
    if (!simulation || !structure.value) return
    if (wanted.length === 0) {
      state.measure.value = null
      return
    }
    if (this.looking) {
      this.next = report
      return
    }
    this.looking = true
    try {
      const positions = await positionsOf(this.gpu, simulation, wanted.flat())
      if (simulation !== this.simulation()) return
      let from = 0
      const values = wanted.map(({ length }) => {
        const points = positions.subarray(3 * from, 3 * (from + length))
        from += length
        return measured(points, report.cell, structure.value!.periodic)
      })
      // The past was recorded when it was the present.
      if (state.timeline.value.at === null) record(report, values.slice(0, monitors.value.length))
      state.measure.value =
        chosen.length > 1 && String(chosen) === String(selection.value)
          ? {
              name: nameOfMeasure(structure.value, chosen),
              value: values[values.length - 1],
              unit: unitOf(chosen.length),
              step: report.step,
            }
          : null
    } catch {
      // A device that is gone is told elsewhere.
    } finally {
      this.looking = false
      const { next } = this
      this.next = null
      if (next) void this.look(next)
    }
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
      this.loop.look()
    } catch (error) {
      state.notify('error', messageOf(error))
    }
  }
}
