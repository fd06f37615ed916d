import { volume } from '../chemistry/cell.ts'
import { atomCount, type Structure } from '../chemistry/structure.ts'
import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { AtomBuffers } from '../neighbors/atom-buffers.ts'
import { NeighborList } from '../neighbors/neighbor-list.ts'
import { readStatus } from '../neighbors/status.ts'
import { type ForceField, type ForceProgram, inDefaultCell } from './force-field.ts'

/** What a force field says of one molecule. */
export interface Evaluation {
  /** eV; for heads that return no energy, the length or sum their golden value is (SPEC tmdnet 8.3) */
  readonly energy: number
  /** [atoms × 3] eV/Å, the negative gradient of the output */
  readonly forces: Float64Array
  /** [atoms] eV: shares of the energy without reference energies */
  readonly atomicEnergies: Float64Array
  /** dE/dstrain in eV, row-major 3 × 3; of an energy (other heads read positions directly too) */
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
  let neighbors: NeighborList | undefined
  let program: ForceProgram | undefined
  try {
    neighbors = await NeighborList.create(gpu, atoms, field.range)
    program = await field.compile(gpu, atoms, neighbors)
    gpu.submit('evaluate', [...neighbors.dispatches, ...program.dispatches])
    const [outputs, virials, status, properties] = await gpu.readAll([
      atoms.outputs,
      atoms.virial,
      neighbors.status,
      ...(program.properties ? [program.properties] : []),
    ])
    return summaries(
      field,
      structures,
      types,
      new Float32Array(outputs),
      new Float32Array(virials),
      properties ? new Float32Array(properties) : null,
      readStatus(new Uint32Array(status)).edges,
    )
  } finally {
    program?.destroy()
    neighbors?.destroy()
    atoms.destroy()
  }
}

/** One evaluation per molecule out of what the GPU wrote for all atoms. */
function summaries(
  field: ForceField,
  structures: readonly Structure[],
  types: readonly Uint32Array[],
  outputs: Float32Array,
  virials: Float32Array,
  properties: Float32Array | null,
  pairs: number,
): Evaluation[] {
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
    const property = properties && Array.from({ length: width }, (_, k) => properties[12 * m + k] + constant)
    const energy = sum(property ?? atomicEnergies) + (property ? 0 : constant)
    if (![energy, ...forces].every(Number.isFinite))
      throw new InputError(
        `${structure.name}: the model returns numbers that are not finite; check for atoms that are far too close.`,
      )
    const { cell, periodic } = structure
    const stress = !property && cell && periodic.every(Boolean) ? virial.map((v) => v / volume(cell)) : null
    return { energy, forces, atomicEnergies, virial, stress, property, pairs }
  })
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
