import type { Structure } from '../../chemistry/structure.ts'
import { checkStructure } from '../../chemistry/validate.ts'
import { InputError } from '../../errors.ts'
import { findTrajectoryFormat, formatNamed, framesOnto, trajectoryFormatOf } from '../../formats/index.ts'
import type { Command } from '../arguments.ts'
import { checkOutput, readBytes, readStructures } from '../files.ts'
import { print } from '../terminal.ts'
import { openToRead, TrajectoryFile } from '../trajectory.ts'

export const convert: Command = {
  name: 'convert',
  summary: 'A trajectory in another format',
  operands: 'INPUT OUTPUT',
  options: {
    structure: {
      type: 'string',
      value: 'FILE',
      help: 'whose atoms they are; .dcd and .xtc files name no elements',
    },
    every: { type: 'string', value: 'N', help: 'every Nth frame, from the first on', default: '1' },
  },
  details:
    'Formats go by the endings: .xyz, .pdb, .dcd and .xtc, which are read and written frame by frame, so that files of any\n' +
    'length will do; INPUT may be any structure file, too. What a format has no room for is left out; .xtc rounds to 0.01 Å, .pdb to 0.001 Å.',
  async run(given) {
    const [input, output, ...rest] = given.operands
    if (output === undefined || rest.length > 0)
      throw new InputError(
        `tumble convert takes INPUT and OUTPUT but ${given.operands.length} were given; see tumble convert --help.`,
      )
    const every = given.number('every', { least: 1, whole: true })
    const format = findTrajectoryFormat(input)
    // Other structure files, and gzipped ones, are small enough to be read as a whole.
    const inMemory = format === null && formatNamed(input) !== null
    if (!inMemory) trajectoryFormatOf(input)
    trajectoryFormatOf(output)
    const elements = format?.elements ?? formatNamed(input)?.kind === 'structure'
    const structure = await structureFor(input, elements, given.text('structure'))
    checkStructure(structure)
    await checkOutput(output, input)
    const source = await openToRead(input)
    const frames = format
      ? format.read(source, input, structure.atomicNumbers.length)
      : framesOnto(structure, await readBytes(input), input)
    const target = await TrajectoryFile.create(output, structure)
    let [read, written] = [0, 0]
    try {
      for await (const frame of frames) {
        if (read++ % every !== 0) continue
        await target.append(frame)
        written++
      }
    } finally {
      await target.close()
      await source.close()
    }
    print(`${output}: ${written} of ${read} frames, ${structure.atomicNumbers.length} atoms`)
    return 0
  },
}

async function structureFor(input: string, elements: boolean, path: string | undefined): Promise<Structure> {
  if (path === undefined && !elements)
    throw new InputError(`${input} names no elements: add --structure FILE, a structure file of its atoms.`)
  const [structure] = await readStructures(path ?? input, 1)
  return structure
}
