/** Files that commands are given, and the ones that come with the package. */
import { readFile, realpath, rename, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, parse } from 'node:path'
import type { Structure } from '../chemistry/structure.ts'
import { checkStructure } from '../chemistry/validate.ts'
import { InputError } from '../errors.ts'
import { endingsOf, readCheckpoint, sniff, structuresIn, trajectoryFormatOf } from '../formats/index.ts'
import type { ForceField } from '../models/force-field.ts'
import { OpenQuestion, parseStatements } from '../models/open-statements.ts'
import { loadForceField } from '../models/registry.ts'
import type { Arguments } from './arguments.ts'
import { fileError } from './file-error.ts'
import { bundledModels } from './package-root.ts'
import { remark } from './terminal.ts'
import { openToRead } from './trajectory.ts'

/** The force field that serves where none is named. */
const DEFAULT_MODEL = 'et-gfn2-small.safetensors'

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
 * Frames of a structure file, each checked; what its reader remarked is told on stderr.
 * @param most how many are read
 * @throws InputError naming the file, and the line, atoms or frame
 */
export async function readStructures(path: string, most = Number.POSITIVE_INFINITY): Promise<Structure[]> {
  const bytes = await readBytes(path)
  if (sniff(bytes, path)?.kind === 'checkpoint')
    throw new InputError(
      `${path} is a checkpoint where a structure is expected (${endingsOf('structure').join(', ')}); give it as --model.`,
    )
  const frames: Structure[] = []
  for await (const frame of structuresIn(bytes, path)) {
    if (frames.length === most) break
    frames.push(frame)
  }
  const named =
    frames.length === 1 ? frames : frames.map((frame, i) => ({ ...frame, name: `${path}, frame ${i + 1}` }))
  named.forEach(checkStructure)
  for (const said of new Set(named.flatMap(({ remarks }) => remarks ?? []))) remark(said)
  return named
}

/**
 * Frames of a trajectory as structures, each checked.
 * @param structure whose atoms they are
 * @param most how many are read; null for all
 * @throws InputError naming the file and the frame
 */
export async function readFrames(
  path: string,
  structure: Structure,
  most: number | null,
): Promise<Structure[]> {
  const format = trajectoryFormatOf(path)
  const source = await openToRead(path)
  const { velocities: _, forces: __, energy: ___, ...atoms } = structure
  const frames: Structure[] = []
  try {
    for await (const frame of format.read(source, path, structure.atomicNumbers.length)) {
      const { positions, cell, velocities } = frame
      const name = `${path}, frame ${frames.length + 1}`
      // A cell in the file repeats as the structure says, or along all axes where that has none.
      const periodic = cell && !structure.cell ? ([true, true, true] as const) : structure.periodic
      frames.push({
        ...atoms,
        name,
        positions,
        cell,
        periodic: cell ? periodic : [false, false, false],
        velocities,
      })
      if (frames.length === most) break
    }
  } finally {
    await source.close()
  }
  frames.forEach(checkStructure)
  return frames
}

/**
 * The force field in a checkpoint, or the bundled one.
 * @param given the options of {@link modelOptions}
 * @throws InputError saying what the file is instead, or what is wrong with it
 */
export async function readForceField(path?: string, given?: Arguments): Promise<ForceField> {
  const file = path ?? join(bundledModels(), DEFAULT_MODEL)
  const checkpoint = await readCheckpoint(await readBytes(file), path ?? basename(file))
  const units = given?.text('energy-unit')
  const stated = parseStatements(given?.text('state') ?? '', '--state')
  const told =
    units === undefined ? checkpoint : { ...checkpoint, metadata: { ...checkpoint.metadata, units } }
  try {
    return loadForceField(told, { stated })
  } catch (error) {
    throw error instanceof OpenQuestion ? new InputError(withTheWay(error)) : error
  }
}

/** What has to be stated, and how. */
function withTheWay({ message, open }: OpenQuestion): string {
  const pairs = open.map(({ name, example }) => `${name}=${example ?? '…'}`)
  return `${message.replace(/\.$/, '')}: for example --state ${pairs.join(',')}.`
}

/** The file of one of several runs: `out.xyz` becomes `out-frame3.xyz`. */
export function ownFile(path: string, name: string): string {
  const { dir, name: stem, ext } = parse(path)
  return join(dir, `${stem}-${name}${ext}`)
}

/**
 * Looks at the place of the trajectory before any work is done; opening a file empties it, so that comes later.
 * @throws InputError for a folder that is not there, and for the file that the structure came from
 */
export async function checkOutput(output: string, input: string): Promise<void> {
  const folder = dirname(output)
  if (!(await stat(folder).catch(() => null))?.isDirectory())
    throw new InputError(`${output}: there is no folder ${folder} to write to.`)
  const [to, from] = await Promise.all([realpath(output).catch(() => null), realpath(input)])
  if (to === from)
    throw new InputError(`${output} would overwrite what the run starts from; name another file.`)
}
