import { batch } from '@preact/signals'
import type { Structure } from '../../chemistry/structure.ts'
import type { Gpu } from '../../gpu/gpu.ts'
import type { ForceField } from '../../models/force-field.ts'
import type { Prepared, Viewer } from '../../viewer/viewer.ts'
import type { Loading } from '../loading.ts'
import type { Loop } from '../loop.ts'
import * as state from '../state.ts'
import { beginShowing } from './following.ts'
import { Player } from './player.ts'
import { structureAt, type Trajectory } from './trajectory.ts'

/** A trajectory, and its frame counted from 0. */
export interface Showing {
  readonly trajectory: Trajectory
  readonly at: number
}

/** What showing trajectories needs of whoever runs the simulation. */
export interface Stage {
  readonly gpu: Gpu
  readonly viewer: Viewer
  readonly loop: Loop
  readonly loading: Loading
  /** What forces would be taken from. */
  field(): ForceField
  /** Puts something else on the page; `begin` hands it to whoever moves it. */
  put(structure: Structure, field: ForceField, prepared: Prepared, begin: () => void): void
  /** Simulates a structure with the present force field. All or nothing. */
  simulate(structure: Structure): Promise<void>
}

/** Shows trajectories in place of a simulation, and hands their frames to one. */
export class Projector {
  constructor(private readonly stage: Stage) {}

  /** What is shown; null where a simulation runs. */
  get showing(): Showing | null {
    const { player } = this.stage.loop
    return player && { trajectory: player.trajectory, at: player.at }
  }

  /** @param field what forces would be taken from: none are needed, so that any elements will do */
  async show({ trajectory, at }: Showing, field: ForceField): Promise<void> {
    const { gpu, viewer, loop } = this.stage
    const { structure } = trajectory
    const player = new Player(gpu, trajectory)
    let prepared: Prepared
    try {
      prepared = await viewer.prepare(player.structure, player)
    } catch (error) {
      player.destroy()
      throw error
    }
    this.stage.put(structure, field, prepared, () => {
      viewer.setGrip(player.grip)
      // Nobody hears of a frame of one trajectory while another is shown.
      batch(() => {
        loop.project(player)
        player.show(at)
        beginShowing(player)
      })
    })
  }

  /** Plays a trajectory from its beginning. */
  async open(trajectory: Trajectory, field: ForceField): Promise<void> {
    await this.show({ trajectory, at: 0 }, field)
    await this.stage.loop.play(true)
  }

  /** Simulates from the frame that is shown; what cannot be simulated is said, and the trajectory stays. */
  simulate(): Promise<boolean> {
    const { showing } = this
    const { loading, loop } = this.stage
    if (!showing) return Promise.resolve(false)
    const { trajectory, at } = showing
    return loading.run(`Preparing frame ${at + 1}…`, async () => {
      await this.stage.simulate(structureAt(trajectory, at))
      await loop.play(true)
      const back = () =>
        void loading.run(`Preparing ${trajectory.name}…`, () => this.show(showing, this.stage.field()))
      state.notify('info', `Simulating from frame ${at + 1} of ${trajectory.name}.`, [
        { label: 'Back to the trajectory', run: back },
      ])
    })
  }
}
