/** Files that commands are given, and the ones that come with the package. */
import { readFile, rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Structure } from '../chemistry/structure.ts'
import { checkStructure } from '../chemistry/validate.ts'
import { InputError } from '../errors.ts'
import { readCheckpoint, readXyz, sniff } from '../formats/index.ts'
import type { ForceField } from '../models/force-field.ts'
import { loadForceField } from '../models/registry.ts'
import { bundledModels } from './package-root.ts'

/** The force field that serves where none is named. */
const DEFAULT_MODEL = 'et-gfn2-small.safetensors'

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EISDIR: 'is a folder; name a file in it',
  EACCES: 'may not be read by you',
  ENOSPC: 'does not fit on the disk',
  EROFS: 'is on a disk that cannot be written',
}

/** A file system's complaint as one sentence, anything else as it is. */
export function fileError(path: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code
  return code !== undefined && code in reasons ? new InputError(`${path} ${reasons[code]}.`) : error
}

/** @throws InputError for a file that cannot be read */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path))
  } catch (error) {
    throw fileError(path, error)
  }
}

/**
 * Writes beside the file and then takes its place, so that an interruption leaves the old one whole.
 * @throws InputError for a place that cannot be written
 */
export async function writeBytes(path: string, bytes: Uint8Array): Promise<void> {
  const fresh = `${path}.${process.pid}`
  try {
    await writeFile(fresh, bytes)
    await rename(fresh, path)
  } catch (error) {
    throw fileError(path, error)
  }
}

/**
 * All frames of a structure file, each checked.
 * @throws InputError naming the file, and the line, atoms or frame
 */
export async function readStructures(path: string): Promise<Structure[]> {
  const bytes = await readBytes(path)
  if (sniff(bytes, path) === 'checkpoint')
    throw new InputError(`${path} is a checkpoint where an .xyz file is expected; give it as --model.`)
  if (bytes.subarray(0, 512).includes(0))
    throw new InputError(`${path} is not text; expected an .xyz file in UTF-8.`)
  const frames = readXyz(new TextDecoder().decode(bytes), path)
  const named =
    frames.length === 1 ? frames : frames.map((frame, i) => ({ ...frame, name: `${path}, frame ${i + 1}` }))
  named.forEach(checkStructure)
  return named
}

/**
 * The force field in a checkpoint, or the bundled one.
 * @param energyUnit name of the unit of its energies, where the file does not tell it or tells it wrongly
 * @throws InputError saying what the file is instead, or what is wrong with it
 */
export async function readForceField(path?: string, energyUnit?: string): Promise<ForceField> {
  const file = path ?? join(bundledModels(), DEFAULT_MODEL)
  const checkpoint = await readCheckpoint(await readBytes(file), path ?? basename(file))
  if (energyUnit === undefined) return loadForceField(checkpoint)
  return loadForceField({ ...checkpoint, metadata: { ...checkpoint.metadata, units: energyUnit } })
}
