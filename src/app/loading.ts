import type { Structure } from '../chemistry/structure.ts'
import { InputError, messageOf } from '../errors.ts'
import type { ForceField } from '../models/force-field.ts'
import { fetchContent, named, openFiles, structureOf } from './files.ts'
import { still, type Trajectory } from './playing/trajectory.ts'
import { waysPast } from './refusal.ts'
import * as state from './state.ts'
import { plural } from './words.ts'

const namesOf = (files: readonly File[]) => files.map(({ name }) => name).join(', ')

/** What loading needs of whoever runs the simulation. */
export interface Stage {
  /** Simulates another structure, or with another force field; what is null stays. All or nothing. */
  replace(structure: Structure | null, field: ForceField | null): Promise<void>
  /** Shows a trajectory in place of a simulation. All or nothing. */
  project(trajectory: Trajectory, field: ForceField | null): Promise<void>
  /** Another structure is there: what was done to the old one is past. */
  cleared(): void
  /** Whether nobody looks any more. */
  isEnded(): boolean
}

/** What is asked for comes one after the other, is whole or not at all, and what went wrong is told. */
export class Loading {
  private queue: Promise<unknown> = Promise.resolve()

  constructor(private readonly stage: Stage) {}

  /** Opens files of any kind and order; what cannot be used is said and changes nothing. */
  files(files: readonly File[]): Promise<boolean> {
    return this.run(`Reading ${namesOf(files)}…`, async () => {
      const { structure, trajectory, field, complaints, remarks } = await openFiles(
        files,
        state.structure.value,
        (words) => {
          state.busy.value = words
        },
      )
      for (const text of complaints) state.notify('error', text)
      if (!structure && !trajectory && !field) return
      if (trajectory) await this.stage.project(trajectory, field)
      else await this.stage.replace(structure, field)
      if (structure || trajectory) this.stage.cleared()
      const loaded = [trajectory?.name ?? structure?.name, field?.card.title].filter(Boolean).join(' and ')
      const frames = trajectory ? `: ${plural(trajectory.frames.length, 'frame')}` : ''
      for (const text of [`Loaded ${loaded}${frames}.`, ...remarks]) state.notify('info', text)
    })
  }

  /** Says what went wrong, and what can be done instead. */
  complain(error: unknown): void {
    state.notify('error', messageOf(error), waysPast(error, state.structure.value, this))
  }

  /** Shows a structure that nothing moves. */
  look(structure: Structure): Promise<boolean> {
    return this.run(`Preparing ${structure.name}…`, async () => {
      await this.stage.project(still(structure), null)
      this.stage.cleared()
    })
  }

  /** Simulates a structure with the force field in one of these files. */
  withModel(structure: Structure, files: readonly File[]): Promise<boolean> {
    return this.run(`Reading ${namesOf(files)}…`, async () => {
      const { field, complaints } = await openFiles(files)
      for (const text of complaints) state.notify('error', text)
      if (!field && complaints.length === 0)
        throw new InputError(`${namesOf(files)} holds atoms, not a force field; choose a checkpoint.`)
      if (!field) return
      await this.stage.replace(structure, field)
      this.stage.cleared()
      state.notify('info', `Loaded ${structure.name} and ${field.card.title}.`)
    })
  }

  /** Simulates a structure of the gallery with the present force field. */
  gallery(url: string, title: string): Promise<boolean> {
    return this.run(`Loading ${title}…`, async () =>
      this.begin(named(structureOf(await fetchContent(url), url), title)),
    )
  }

  /** Simulates the molecule of a SMILES. */
  smiles(smiles: string): Promise<boolean> {
    return this.run(`Building ${smiles}…`, async () => {
      // openchemlib is large, and few will ask for it.
      const { structureFromSmiles } = await import('./smiles/smiles.ts')
      await this.begin(await structureFromSmiles(smiles))
    })
  }

  private async begin(structure: Structure): Promise<void> {
    await this.stage.replace(structure, null)
    this.stage.cleared()
  }

  /**
   * @param words what the page says meanwhile
   * @returns whether it could be done; what went wrong is told
   */
  run(words: string, work: () => Promise<void>): Promise<boolean> {
    const done = this.queue.then(async () => {
      state.busy.value = words
      try {
        await work()
        return true
      } catch (error) {
        if (this.stage.isEnded()) return false
        if (!(error instanceof InputError)) console.error(error)
        this.complain(error)
        return false
      } finally {
        state.busy.value = null
      }
    })
    this.queue = done
    return done
  }
}
