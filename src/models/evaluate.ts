import { volume } from '../chemistry/cell.ts'
import { atomCount, type Structure } from '../chemistry/structure.ts'
import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { AtomBuffers } from '../neighbors/atom-buffers.ts'
import { NeighborList } from '../neighbors/neighbor-list.ts'
import { type ForceField, inDefaultCell } from './force-field.ts'

/** What a force field says of one molecule. */
export interface Evaluation {
  /** eV; for heads that return no energy, the length or sum their golden value is (SPEC tmdnet 8.3) */
  readonly energy: number
  /** [atoms × 3] eV/Å, the negative gradient of the output */
  readonly forces: Float64Array
  /** [atoms] eV: shares of the energy without reference energies */
  readonly atomicEnergies: Float64Array
  /** dE/dstrain in eV, row-major 3 × 3 */
  readonly virial: Float64Array
  /** eV/Å³, row-major 3 × 3: virial / volume; null without a three-dimensional cell */
  readonly stress: Float64Array | null
  /** the model's own output where it is no energy */
  readonly property: readonly number[] | null
  /** directed pairs within the cutoff, self pairs included, of all molecules evaluated together */
  readonly pairs: number
}

/**
 * Energies and forces of several molecules in one go.
 * @param types per molecule, where the caller knows them better than the force field (golden cases)
 * @throws InputError for elements the model does not know, systems that do not fit, numbers that are not finite
 */
export async function evaluate(
  gpu: Gpu,
  field: ForceField,
  given: readonly Structure[],
  types: readonly Uint32Array[] = given.map((structure) => field.typesOf(structure)),
): Promise<Evaluation[]> {
  const structures = given.map((structure) => inDefaultCell(structure, field))
  const atoms = new AtomBuffers(gpu, structures, joined(types))
  const neighbors = await NeighborList.create(gpu, atoms, field.range)
  const program = await field.compile(gpu, atoms, neighbors)
  try {
    gpu.submit('evaluate', [...neighbors.dispatches, ...program.dispatches])
    const [outputs, virials, properties, [pairs]] = await Promise.all([
      gpu.read(atoms.outputs).then((bytes) => new Float32Array(bytes)),
      gpu.read(atoms.virial).then((bytes) => new Float32Array(bytes)),
      program.properties && gpu.read(program.properties).then((bytes) => new Float32Array(bytes)),
      gpu.read(neighbors.status).then((bytes) => new Uint32Array(bytes)),
    ])
    let first = 0
    return structures.map((structure, m) => {
      const count = atomCount(structure)
      const forces = new Float64Array(count * 3)
      const atomicEnergies = new Float64Array(count)
      const virial = new Float64Array(9)
      for (let i = 0; i < count; i++) {
        const atom = first + i
        for (let k = 0; k < 3; k++) forces[3 * i + k] = outputs[4 * atom + k]
        atomicEnergies[i] = outputs[4 * atom + 3]
        for (let k = 0; k < 9; k++) virial[k] += virials[12 * atom + 4 * Math.floor(k / 3) + (k % 3)]
      }
      first += count
      const constant = field.constantEnergy(types[m])
      const width = field.card.output === 'vector' ? 3 : 1
      const property =
        properties && Array.from({ length: width }, (_, k) => properties[12 * m + k] + constant)
      const energy = sum(property ?? atomicEnergies) + (property ? 0 : constant)
      if (![energy, ...forces].every(Number.isFinite))
        throw new InputError(
          `${structure.name}: the model returns numbers that are not finite; check for atoms that are far too close.`,
        )
      const { cell, periodic } = structure
      const stress = cell && periodic.every(Boolean) ? virial.map((v) => v / volume(cell)) : null
      return { energy, forces, atomicEnergies, virial, stress, property, pairs }
    })
  } finally {
    program.destroy()
    neighbors.destroy()
    atoms.destroy()
  }
}

const sum = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((total, value) => total + value, 0)

function joined(parts: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    all.set(part, offset)
    offset += part.length
  }
  return all
}
