import type { Structure } from '../chemistry/structure.ts'
import { InputError, messageOf } from '../errors.ts'
import type { ForceField } from '../models/force-field.ts'
import type { Statements } from '../models/open-statements.ts'
import { fetchContent, named, type Opened, openFiles, structureOf } from './files.ts'
import { still, type Trajectory } from './playing/trajectory.ts'
import { waysPast } from './refusal.ts'
import * as state from './state.ts'
import { type Answers, restated } from './stating.ts'
import { plural } from './words.ts'

const namesOf = (files: readonly File[]) => files.map(({ name }) => name).join(', ')

/** What loading needs of whoever runs the simulation. */
export interface Stage {
  /** Simulates another structure, or with another force field; what is null stays. All or nothing. */
  replace(structure: Structure | null, field: ForceField | null): Promise<void>
  /** Shows a trajectory in place of a simulation. All or nothing. */
  project(trajectory: Trajectory, field: ForceField | null): Promise<void>
  /** What forces are taken from now. */
  field(): ForceField
  /** Another structure is there: what was done to the old one is past. */
  cleared(): void
  /** Whether nobody looks any more. */
  isEnded(): boolean
}

/** What is asked for comes one after the other, is whole or not at all, and what went wrong is told. */
export class Loading {
  private queue: Promise<unknown> = Promise.resolve()

  constructor(private readonly stage: Stage) {}

  /**
   * Opens files of any kind and order; what cannot be used is said and changes nothing.
   * @param stated what checkpoints among them do not tell
   */
  files(files: readonly File[], stated: Statements = {}): Promise<boolean> {
    return this.run(`Reading ${namesOf(files)}…`, async () => {
      const report = (words: string) => {
        state.busy.value = words
      }
      await this.take(await openFiles(files, state.structure.value, report, stated))
    })
  }

  /** Loads the files that have been waiting for this, or goes on asking. */
  answer(answers: Answers): Promise<boolean> {
    const waiting = state.asking.value
    return this.run(`Loading ${waiting?.question.source}…`, async () => {
      // Whoever has asked for something else meanwhile has it.
      if (!waiting || waiting !== state.asking.value) return
      await this.take({ ...waiting, field: null, question: null, ...waiting.question.answer(answers) })
    })
  }

  /** Loads the present force field anew, with this stated of its file. */
  restate(answers: Answers): Promise<boolean> {
    return this.run('Loading the model anew…', async () => {
      const field = restated(this.stage.field(), answers)
      await this.stage.replace(null, field)
      state.notify('info', `Loaded ${field.card.title} anew.`)
    })
  }

  /** What files held takes the place of what is there, once nothing has to be asked. */
  private async take(opened: Opened): Promise<void> {
    const { structure, trajectory, field, question, complaints, remarks } = opened
    for (const text of complaints) state.notify('error', text)
    if (question) state.askFor({ ...opened, question, complaints: [] })
    if (question || (!structure && !trajectory && !field)) return
    state.asking.value = null
    if (trajectory) await this.stage.project(trajectory, field)
    else await this.stage.replace(structure, field)
    if (structure || trajectory) this.stage.cleared()
    const loaded = [trajectory?.name ?? structure?.name, field?.card.title].filter(Boolean).join(' and ')
    const frames = trajectory ? `: ${plural(trajectory.frames.length, 'frame')}` : ''
    for (const text of [`Loaded ${loaded}${frames}.`, ...remarks]) state.notify('info', text)
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
      const opened = await openFiles(files)
      const { field, question, complaints } = opened
      if (!field && !question && complaints.length === 0)
        throw new InputError(`${namesOf(files)} holds atoms, not a force field; choose a checkpoint.`)
      await this.take({ ...opened, structure: field || question ? structure : null, trajectory: null })
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
