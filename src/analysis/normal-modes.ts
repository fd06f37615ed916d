import { atomCount, type Structure } from '../chemistry/structure.ts'
import { checkStructure } from '../chemistry/validate.ts'
import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { type ForceField, inDefaultCell } from '../models/force-field.ts'
import { hessianOf } from './hessian.ts'
import { type NormalMode, type Vibrations, vibrationsOf } from './vibrations.ts'

export interface NormalModeOptions {
  /** Å by which each atom is moved to and fro; 0.005 if left out */
  readonly displacement?: number
  /** indices of atoms that are held fast */
  readonly fixed?: readonly number[]
  /** after each batch of displacements */
  readonly onProgress?: (done: number, total: number) => void
}

/** Harmonic vibrations about a structure. */
export interface NormalModes extends Vibrations {
  /** eV/Å, the largest force on an atom that moves */
  readonly maxForce: number
  /** eV/Å²: largest difference of two Hessian elements that should be equal, from noise and finite displacement */
  readonly asymmetry: number
  /** what limits the meaning of the numbers, one sentence each */
  readonly notes: readonly string[]
  /**
   * Positions of one period of a mode, [count] of [atoms × 3] in Å, the first at rest.
   * @param amplitude Å that the atom which moves furthest goes from rest
   */
  frames(mode: NormalMode, amplitude: number, count: number): Float64Array[]
}

/** eV/Å that a relaxation should come below; above, modes mix with the slope. */
const AT_REST = 0.01

/** Å between which a displacement neither drowns in float32's rounding nor leaves the harmonic range. */
const DISPLACEMENTS = [1e-4, 0.1] as const

/**
 * Normal modes by finite differences of forces on the GPU.
 * @throws InputError for settings out of range, for a model that returns no energy, and as evaluate()
 */
export async function normalModes(
  gpu: Gpu,
  field: ForceField,
  given: Structure,
  { displacement = 0.005, fixed = [], onProgress }: NormalModeOptions = {},
): Promise<NormalModes> {
  const structure = inDefaultCell(given, field)
  checkStructure(structure)
  if (field.card.output !== 'energy')
    throw new InputError(
      `${field.card.title} returns a ${field.card.output}, not an energy: it has no vibrations.`,
    )
  const [least, most] = DISPLACEMENTS
  if (!(displacement >= least && displacement <= most))
    throw new InputError(`Atoms must be displaced by ${least} to ${most} Å, not by ${displacement}.`)
  const atoms = atomCount(structure)
  const nobody = fixed.find((i) => !(Number.isInteger(i) && i >= 0 && i < atoms))
  if (nobody !== undefined)
    throw new InputError(
      `There is no atom ${nobody + 1} to hold fast: the structure ends with atom ${atoms}.`,
    )
  const free = Array.from({ length: atoms }, (_, i) => i).filter((i) => !fixed.includes(i))
  if (free.length === 0) throw new InputError('All atoms are held fast: leave one free to vibrate.')
  const hessian = await hessianOf(gpu, field, structure, { displacement, free, onProgress })
  const vibrations = vibrationsOf(structure, hessian.rows, free)
  const { maxForce, asymmetry } = hessian
  return {
    ...vibrations,
    maxForce,
    asymmetry,
    notes: notesOn(maxForce, vibrations),
    frames: (mode, amplitude, count) => framesOf(structure, mode, amplitude, count),
  }
}

function notesOn(maxForce: number, { modes }: Vibrations): string[] {
  const imaginary = modes.filter(({ wavenumber }) => wavenumber < 0).length
  return [
    ...(maxForce > AT_REST
      ? [
          `The structure is not at a minimum: the largest force is ${maxForce.toPrecision(2)} eV/Å; relax it below ${AT_REST} eV/Å first.`,
        ]
      : []),
    ...(imaginary > 0
      ? [
          `${imaginary} of ${modes.length} frequencies are imaginary (shown as negative): the energy falls that way.`,
        ]
      : []),
  ]
}

/** One period of a mode as positions. */
function framesOf(
  { positions }: Structure,
  { displacements }: NormalMode,
  amplitude: number,
  count: number,
): Float64Array[] {
  let furthest = 0
  for (let k = 0; k < displacements.length; k += 3)
    furthest = Math.max(furthest, Math.hypot(...displacements.subarray(k, k + 3)))
  return Array.from({ length: count }, (_, frame) => {
    const swing = (amplitude / furthest) * Math.sin((2 * Math.PI * frame) / count)
    return positions.map((x, k) => x + swing * displacements[k])
  })
}
