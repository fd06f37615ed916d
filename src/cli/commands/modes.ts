import { type NormalModes, normalModes } from '../../analysis/normal-modes.ts'
import type { Structure } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
import { writeXyz } from '../../formats/index.ts'
import type { Command } from '../arguments.ts'
import { withGpu } from '../device.ts'
import { readForceField, readStructures, writeBytes } from '../files.ts'
import { jsonOption, modelOptions } from '../shared-options.ts'
import { print, remark, table } from '../terminal.ts'

/** Frames of one period in the animation, and how far the atom that moves most goes, in Å. */
const FRAMES = 20
const AMPLITUDE = 0.25

export const modes: Command = {
  name: 'modes',
  summary: 'Normal modes of vibration of a relaxed structure',
  operands: 'STRUCTURE',
  options: {
    ...modelOptions,
    frame: { type: 'string', value: 'N', help: 'frame of STRUCTURE', default: '1' },
    displacement: {
      type: 'string',
      value: 'Å',
      help: 'by which atoms are moved to and fro',
      default: '0.005',
    },
    fix: { type: 'string', value: 'LIST', help: 'atoms held fast, counted from 1: 1,2,7-9' },
    output: {
      type: 'string',
      value: 'FILE',
      help: `animation, as extended .xyz: ${FRAMES} frames of each mode; replaced if it exists`,
    },
    json: jsonOption,
  },
  details:
    'From a Hessian by central differences of forces. Imaginary wavenumbers are shown as negative. Relax the structure\n' +
    'first (tumble run --minimize): away from a minimum the numbers mean little, and a note says so.',
  async run(given) {
    const path = given.onlyOperand()
    const frames = await readStructures(path)
    const frame = given.number('frame', { least: 1, whole: true })
    const structure = frames[frame - 1]
    if (!structure)
      throw new InputError(`${path} has no frame ${frame}; it ends with frame ${frames.length}.`)
    const displacement = given.number('displacement', { above: 0 })
    const fixed = given.text('fix') === undefined ? [] : given.list('fix').map((atom) => atom - 1)
    const field = await readForceField(given.text('model'), given)
    const found = await withGpu((gpu) => normalModes(gpu, field, structure, { displacement, fixed }))
    const output = given.text('output')
    if (output !== undefined) await writeBytes(output, animationOf(structure, found))
    for (const note of found.notes) remark(note)
    print(given.flag('json') ? json(found) : text(found))
    return 0
  },
}

function animationOf(structure: Structure, found: NormalModes): Uint8Array {
  const frames = found.modes.flatMap((mode, k) =>
    found.frames(mode, AMPLITUDE, FRAMES).map((positions) => ({
      ...structure,
      positions,
      info: new Map([
        ['mode', String(k + 1)],
        ['wavenumber_per_cm', mode.wavenumber.toFixed(2)],
      ]),
    })),
  )
  return new TextEncoder().encode(writeXyz(frames))
}

const json = ({ modes, removed, zeroPointEnergy, maxForce, asymmetry, notes }: NormalModes): string =>
  JSON.stringify(
    {
      modes: modes.map(({ wavenumber, reducedMass, forceConstant, displacements }) => ({
        wavenumber,
        reducedMass,
        forceConstant,
        displacements: Array.from(displacements, (x) => Number(x.toPrecision(7))),
      })),
      removed,
      zeroPointEnergy,
      maxForce,
      asymmetry,
      notes,
      units: {
        wavenumber: '1/cm',
        reducedMass: 'u',
        forceConstant: 'eV/Å²',
        zeroPointEnergy: 'eV',
        maxForce: 'eV/Å',
        asymmetry: 'eV/Å²',
      },
    },
    null,
    2,
  )

function text({ modes, zeroPointEnergy, maxForce }: NormalModes): string {
  const right = { align: 'right' } as const
  const columns = [
    { title: 'mode', ...right },
    { title: 'wavenumber (1/cm)', ...right },
    { title: 'reduced mass (u)', ...right },
    { title: 'force constant (eV/Å²)', ...right },
  ]
  const rows = modes.map(({ wavenumber, reducedMass, forceConstant }, k) => [
    String(k + 1),
    wavenumber.toFixed(1),
    reducedMass.toFixed(3),
    forceConstant.toFixed(3),
  ])
  return [
    ...table(columns, rows),
    '',
    `zero-point energy  ${zeroPointEnergy.toFixed(4)} eV`,
    `largest force      ${maxForce.toExponential(1)} eV/Å`,
  ].join('\n')
}
