import type { Structure } from '../chemistry/structure.ts'
import { InputError, messageOf } from '../errors.ts'
import {
  describeContent,
  framesOnto,
  type LooseTrajectory,
  readCheckpoint,
  sniff,
  unpacked,
  whatTumbleOpens,
} from '../formats/index.ts'
import type { ForceField } from '../models/force-field.ts'
import type { Statements } from '../models/open-statements.ts'
import { fetchFile, MOST_BYTES } from './fetch-file.ts'
import { bound, type Gathered, gathered, type Telling, type Trajectory } from './playing/trajectory.ts'
import { type Asked, ask, type Question } from './stating.ts'
import { plural } from './words.ts'

/** What a set of files held. Nothing on the page has changed yet. */
export interface Opened {
  readonly structure: Structure | null
  /** Frames to be shown; of the structure, where there is one as well. */
  readonly trajectory: Trajectory | null
  readonly field: ForceField | null
  /** What has to be answered before there is a force field; null where nothing has. */
  readonly question: Question | null
  /** One sentence for every file that could not be used. */
  readonly complaints: readonly string[]
  /** What a user may want to know: molecules left out, and the like. */
  readonly remarks: readonly string[]
}

/** Files that wait for an answer. */
export interface Waiting extends Opened {
  readonly question: Question
}

/** What one file holds. */
export type Content = Gathered | Asked | { readonly loose: LooseTrajectory }

/**
 * Reads structures, trajectories and checkpoints, in any order, by their content.
 * @param present the atoms that are on the page: a trajectory without elements and without a structure beside it is of
 * these
 * @param progress what is being read, and how far it has come
 * @param stated what checkpoints do not tell
 */
export async function openFiles(
  files: readonly File[],
  present: Structure | null = null,
  progress: (words: string) => void = () => {},
  stated: Statements = {},
): Promise<Opened> {
  let structure: Structure | null = null
  let trajectory: Trajectory | null = null
  let loose: LooseTrajectory | null = null
  let model: Asked | null = null
  const complaints: string[] = []
  const remarks: string[] = []
  const tellingOf = (name: string): Telling => ({
    progress: (frames) => progress(`Reading ${name}: ${plural(frames, 'frame')}…`),
    remark: (text) => remarks.push(text),
  })
  for (const file of files) {
    try {
      if (file.size > MOST_BYTES)
        throw new InputError(`${file.name} is larger than 1 GiB; the page does not read that much.`)
      const bytes = new Uint8Array(await file.arrayBuffer())
      const content = await openBytes(bytes, file.name, tellingOf(file.name), stated)
      if ('field' in content || 'question' in content) {
        if (model) remarks.push(`Several force fields at once: ${file.name} is the one used.`)
        model = content
      } else if ('loose' in content) {
        if (loose) remarks.push(`Several trajectories at once: ${file.name} is the one used.`)
        loose = content.loose
      } else {
        if (structure) remarks.push(`Several structures at once: ${file.name} is the one used.`)
        const { count, failure } = content
        if (count > 1 && !content.trajectory)
          remarks.push(`${file.name} has ${count} molecules, not frames of one: the first one is simulated.`)
        remarks.push(...(content.structure.remarks ?? []))
        if (failure) complaints.push(complaintOf(file.name, failure))
        structure = content.structure
        trajectory = content.trajectory
      }
    } catch (error) {
      complaints.push(complaintOf(file.name, error))
    }
  }
  if (loose) {
    const { name, title } = loose
    const atoms = structure ?? present
    try {
      if (!atoms)
        throw new InputError(
          `${name} holds positions without elements (${title}): open the structure of its atoms first, or both at once.`,
        )
      const read = await bound(loose, atoms, tellingOf(name))
      if (read.failure) complaints.push(complaintOf(name, read.failure))
      trajectory = read.trajectory
    } catch (error) {
      complaints.push(complaintOf(name, error))
    }
  }
  const [field, question] =
    model && 'question' in model ? [null, model.question] : [model?.field ?? null, null]
  return { structure, trajectory, field, question, complaints, remarks }
}

/** Reads one file's content, told by its bytes first and by its name second. */
export async function openBytes(
  bytes: Uint8Array,
  name: string,
  telling: Telling = {},
  stated: Statements = {},
): Promise<Content> {
  if (bytes.length === 0) throw new InputError(`${name} is empty.`)
  const content = await unpacked(bytes, name)
  const format = sniff(content, name)
  switch (format?.kind) {
    case 'structure':
      return gathered(content, name, telling)
    case 'checkpoint':
      return ask(await readCheckpoint(content, name), stated)
    case 'trajectory': {
      const { title } = format
      return { loose: { name, title, frames: (structure) => framesOnto(structure, content, name) } }
    }
    default:
      throw new InputError(`${name} ${describeContent(content)}; Tumble opens ${whatTumbleOpens}.`)
  }
}

const complaintOf = (name: string, error: unknown): string => {
  const message = messageOf(error)
  if (error instanceof InputError) return message.includes(name) ? message : `${name}: ${message}`
  console.error(error)
  return `${name} could not be opened: ${message}`
}

/**
 * What a file of the page's own host holds.
 * @param url relative to the page
 * @throws InputError if the server has none, or it holds nothing that Tumble knows
 */
export async function fetchContent(url: string): Promise<Content> {
  const file = await fetchFile(new URL(url, location.href))
  return openBytes(new Uint8Array(await file.arrayBuffer()), file.name)
}

export const named = (structure: Structure, name: string): Structure => ({ ...structure, name })

/** @throws InputError for anything but a structure */
export const structureOf = (content: Content, url: string): Structure => {
  if (!('structure' in content)) throw new InputError(`${url} is not a structure.`)
  return content.structure
}

/** @throws InputError for anything but a force field */
export const fieldOf = (content: Content, url: string): ForceField => {
  if (!('field' in content)) throw new InputError(`${url} is not a force field.`)
  return content.field
}
