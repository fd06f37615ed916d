import { effect } from '@preact/signals'
import type { Simulation } from '../dynamics/simulation.ts'
import type { Report } from '../dynamics/types.ts'
import type { Loop } from './loop.ts'
import { clampSetting, settings } from './settings.ts'
import * as state from './state.ts'
import { wordsOf } from './warning-words.ts'
import { type Circumstances, hotFrom, judgeStart, type Warning, type WarningKind, Watch } from './watching.ts'

/** What ways out need of whoever runs the simulation. */
export interface Ways {
  /** Relaxes the atoms from where they are; false if that could not be done, which has been told. */
  relax(): Promise<boolean>
  /** Brings the velocities of all atoms to a temperature in K. */
  cool(temperature: number): Promise<void>
}

/** Watches the run, says what is not as it should be, and offers ways out. */
export class Advising {
  private readonly watch = new Watch()
  /** Notices by what they are about. */
  private readonly shown = new Map<WarningKind, number>()
  private simulation: Simulation | null = null
  /** What stopped the run that is on. */
  private fault: Warning | null = null
  private readonly stop: () => void

  constructor(
    private readonly loop: Loop,
    private readonly ways: Ways,
  ) {
    // The energy of a chain or of a pressure comes and goes with what holds it.
    this.stop = effect(() => {
      for (const signal of [state.thermostatOn, state.thermostatKind, state.barostatOn, state.pressure])
        void signal.value
      this.watch.disturbed()
    })
  }

  /** Something runs from now on. */
  begin(simulation: Simulation): void {
    this.simulation = simulation
    const warning = judgeStart(simulation.structure)
    if (warning) this.say(warning)
  }

  /** Nothing runs from now on that could be watched. */
  rest(): void {
    // What stopped one run does not stop the next.
    if (this.stopped) state.playing.value = true
    this.watch.begin()
    this.simulation = null
    this.fault = null
    this.takeBack([...this.shown.keys()])
  }

  /** A hand tugs at an atom, or has let go: what the timestep makes of that says nothing of the run. */
  readonly touched = (): void => this.watch.disturbed()

  hear(report: Report): void {
    if (!report.fault) this.fault = null
    const { raised, gone } = this.watch.take(report, circumstances())
    this.takeBack(gone)
    for (const warning of raised) this.say(warning)
  }

  /** Whether the run has stopped by itself and cannot be played on from where it is; that is then said again. */
  remind(): boolean {
    if (this.stopped) this.say(this.stopped)
    return this.stopped !== null
  }

  /** Goes back to where there is something to go on from. */
  async steady(): Promise<void> {
    if (this.stopped) await this.goBack()
  }

  /** Moments of the past have no fault, whatever came after them. */
  private get stopped(): Warning | null {
    return state.report.value?.fault ? this.fault : null
  }

  private say(warning: Warning): void {
    if (warning.kind === 'unstable') {
      this.fault = warning
      void this.loop.play(false)
      // Whatever else was said led here.
      this.takeBack(['close', 'hot', 'drift', 'unstable'])
    }
    const kind = warning.kind === 'unstable' ? 'error' : 'warning'
    this.shown.set(warning.kind, state.notify(kind, wordsOf(warning), this.waysOut(warning)))
  }

  private takeBack(kinds: readonly WarningKind[]): void {
    for (const kind of kinds) {
      const id = this.shown.get(kind)
      if (id !== undefined) state.dismiss(id)
      this.shown.delete(kind)
    }
  }

  private waysOut(warning: Warning): readonly state.Action[] {
    const { simulation } = this
    /** For the run that the warning is about: another one may have come since. */
    const way = (label: string, act: () => Promise<void>): state.Action => ({
      label,
      run: () => {
        this.watch.forgive(warning.kind)
        if (simulation === this.simulation) void act()
      },
    })
    const relax = (act: () => Promise<void>) => way('Relax the structure', act)
    // The shortest one cannot be halved.
    const halve = (act: () => Promise<void>) =>
      state.timestep.value > settings.timestep.min ? [way('Halve the timestep', act)] : []
    switch (warning.kind) {
      case 'unstable':
        return [
          way('Back to the last good moment', () => this.goBack()),
          relax(async () => {
            if (await this.ways.relax()) await this.loop.play(true)
          }),
          ...halve(async () => {
            await this.goBack()
            halveTimestep()
            await this.loop.play(true)
          }),
        ]
      case 'hot':
        return [
          relax(async () => void (await this.ways.relax())),
          way(`Cool to ${warning.target} K`, () => this.ways.cool(warning.target)),
        ]
      case 'drift':
        return halve(async () => halveTimestep())
      case 'close':
        return [relax(async () => void (await this.ways.relax()))]
    }
  }

  /**
   * To the newest moment known to have been calm, paused; where none was, to the start. The last state without a fault will
   * not do: its atoms may fly apart already.
   */
  private async goBack(): Promise<void> {
    const { loop } = this
    const limit = hotFrom(circumstances())
    const calm = loop.timeline?.lastWhere((report) => report.temperature < limit) ?? null
    this.fault = null
    if (calm === null) loop.reset()
    else await loop.seek(calm)
  }

  end(): void {
    this.stop()
  }
}

function halveTimestep(): void {
  state.timestep.value = clampSetting('timestep', state.timestep.value / 2)
}

function circumstances(): Circumstances {
  const { temperature, thermostatOn, thermostatKind, friction, relaxation, timestep, held } = state
  const time = thermostatKind.value === 'langevin' ? 1000 / friction.value : relaxation.value
  const atoms = state.structure.value?.atomicNumbers.length ?? 0
  return {
    target: temperature.value,
    relaxation: thermostatOn.value ? time : null,
    timestep: timestep.value,
    moving: atoms - held.value.size,
  }
}
