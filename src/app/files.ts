import type { Structure } from '../chemistry/structure.ts'
import { InputError, messageOf } from '../errors.ts'
import {
  describeContent,
  framesOnto,
  type LooseTrajectory,
  readCheckpoint,
  readStructures,
  sniff,
  unpacked,
  whatTumbleOpens,
} from '../formats/index.ts'
import type { ForceField } from '../models/force-field.ts'
import { loadForceField } from '../models/registry.ts'
import { fetchFile, MOST_BYTES } from './fetch-file.ts'

/** What a set of files held. Nothing on the page has changed yet. */
export interface Opened {
  readonly structure: Structure | null
  readonly field: ForceField | null
  /** One sentence for every file that could not be used. */
  readonly complaints: readonly string[]
  /** What a user may want to know: frames left out, and the like. */
  readonly remarks: readonly string[]
}

/** What one file holds. */
export type Content =
  | { readonly structures: readonly Structure[] }
  | { readonly field: ForceField }
  | { readonly trajectory: LooseTrajectory }

/** Reads structures, trajectories and checkpoints, in any order, by their content. */
export async function openFiles(files: readonly File[]): Promise<Opened> {
  let structure: Structure | null = null
  let field: ForceField | null = null
  const complaints: string[] = []
  const remarks: string[] = []
  for (const file of files) {
    try {
      if (file.size > MOST_BYTES)
        throw new InputError(`${file.name} is larger than 1 GiB; the page does not read that much.`)
      const bytes = new Uint8Array(await file.arrayBuffer())
      const content = await openBytes(bytes, file.name)
      if ('field' in content) {
        if (field) remarks.push(`Several force fields at once: ${file.name} is the one used.`)
        field = content.field
      } else if ('trajectory' in content) {
        complaints.push(
          `${file.name} holds positions without elements (${content.trajectory.title}): the structure of its atoms must be loaded first, and the page does not play trajectories yet.`,
        )
      } else {
        if (structure) remarks.push(`Several structures at once: ${file.name} is the one used.`)
        const [first, ...rest] = content.structures
        if (rest.length)
          remarks.push(`${file.name} has ${rest.length + 1} structures: the first one is simulated.`)
        remarks.push(...(first.remarks ?? []))
        structure = first
      }
    } catch (error) {
      complaints.push(complaintOf(file.name, error))
    }
  }
  return { structure, field, complaints, remarks }
}

/** Reads one file's content, told by its bytes first and by its name second. */
export async function openBytes(bytes: Uint8Array, name: string): Promise<Content> {
  if (bytes.length === 0) throw new InputError(`${name} is empty.`)
  const content = await unpacked(bytes, name)
  const format = sniff(content, name)
  switch (format?.kind) {
    case 'structure':
      return { structures: await readStructures(content, name) }
    case 'checkpoint':
      return { field: loadForceField(await readCheckpoint(content, name)) }
    case 'trajectory': {
      const { title } = format
      return { trajectory: { name, title, frames: (structure) => framesOnto(structure, content, name) } }
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
  if (!('structures' in content)) throw new InputError(`${url} is not a structure.`)
  return content.structures[0]
}

/** @throws InputError for anything but a force field */
export const fieldOf = (content: Content, url: string): ForceField => {
  if (!('field' in content)) throw new InputError(`${url} is not a force field.`)
  return content.field
}
