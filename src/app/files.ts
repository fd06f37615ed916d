import type { Structure } from '../chemistry/structure.ts'
import { InputError, messageOf } from '../errors.ts'
import { readCheckpoint, sniff, structuresIn } from '../formats/index.ts'
import { describeContent } from '../formats/sniff.ts'
import type { ForceField } from '../models/force-field.ts'
import { loadForceField } from '../models/registry.ts'
import { MOST_BYTES } from './fetch-file.ts'

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
export type Content = { readonly structures: readonly Structure[] } | { readonly field: ForceField }

/** Reads structures and checkpoints, in any order, by their content. */
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
      } else {
        if (structure) remarks.push(`Several structures at once: ${file.name} is the one used.`)
        const [first, ...rest] = content.structures
        if (rest.length)
          remarks.push(`${file.name} has ${rest.length + 1} frames: the first one is simulated.`)
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
  const kind = sniff(bytes, name)
  if (kind === 'unknown')
    throw new InputError(
      `${name} ${describeContent(bytes)}; Tumble opens structures (.xyz, .extxyz, .pdb) and checkpoints (.ckpt, .pt, .pth, .safetensors).`,
    )
  if (kind === 'checkpoint') return { field: loadForceField(await readCheckpoint(bytes, name)) }
  const structures: Structure[] = []
  for await (const structure of structuresIn(bytes, name)) structures.push(structure)
  return { structures }
}

const complaintOf = (name: string, error: unknown): string => {
  const message = messageOf(error)
  if (error instanceof InputError) return message.includes(name) ? message : `${name}: ${message}`
  console.error(error)
  return `${name} could not be opened: ${message}`
}
