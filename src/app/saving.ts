import type { Simulation } from '../dynamics/simulation.ts'
import type { SimulationState } from '../dynamics/state.ts'

/** How much of a run may be lost with its device; a hidden page saves too. */
const SAVE_EVERY_MS = 5000

/** The run as it was some seconds ago, on the CPU: a device that is lost takes all else with it. */
export class Saving {
  state: SimulationState | null = null
  private last = 0
  private ended = false
  private readonly hide = () => {
    if (document.hidden) this.save()
  }

  constructor(private readonly simulation: () => Simulation | null) {
    document.addEventListener('visibilitychange', this.hide)
  }

  /** Another run is on; a resumed one has its state already. */
  begin(state: SimulationState | null): void {
    this.state = state
    this.last = performance.now()
  }

  /** Saves where the last time is long enough ago. */
  now(): void {
    if (performance.now() - this.last > SAVE_EVERY_MS) this.save()
  }

  /** Reads the state back in the background. */
  private save(): void {
    const simulation = this.simulation()
    if (!simulation || this.ended) return
    this.last = performance.now()
    simulation.state().then(
      (saved) => {
        if (simulation === this.simulation()) this.state = saved
      },
      // A run that has stopped keeps its last good state, and a device that is gone is told elsewhere.
      () => {},
    )
  }

  end(): void {
    this.ended = true
    document.removeEventListener('visibilitychange', this.hide)
  }
}
