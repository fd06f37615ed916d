import { symbolOf } from '../../chemistry/elements.ts'
import { atomCount, type Structure } from '../../chemistry/structure.ts'
import type { Gpu } from '../../gpu/gpu.ts'
import { type Evaluation, evaluate } from '../../models/evaluate.ts'
import type { ForceField } from '../../models/force-field.ts'
import type { Command } from '../arguments.ts'
import { withGpu } from '../device.ts'
import { readForceField, readStructures } from '../files.ts'
import { jsonOption, modelOptions } from '../shared-options.ts'
import { print, table } from '../terminal.ts'

/** Atoms evaluated in one go: enough to fill a GPU, little memory. Larger frames go alone. */
const BATCH_ATOMS = 512

export const forces: Command = {
  name: 'forces',
  summary: 'Energy and forces of every frame of a structure file',
  operands: 'STRUCTURE',
  options: { ...modelOptions, json: jsonOption },
  details:
    'STRUCTURE is a structure file of any format. Energies are in eV, forces in eV/Å, the stress of fully periodic\n' +
    'frames in eV/Å³ (positive under tension). A model of another property gives that property and minus its gradient.',
  async run(given) {
    const path = given.onlyOperand()
    const structures = await readStructures(path)
    const field = await readForceField(given.text('model'), given)
    // Before any work, so that a bad frame far down does not come as a late surprise.
    for (const structure of structures) field.typesOf(structure)
    const evaluations = await withGpu((gpu) => evaluateAll(gpu, field, structures))
    if (given.flag('json')) {
      const entries = evaluations.map((evaluation) => JSON.stringify(entryOf(evaluation, field)))
      print(`[\n${entries.join(',\n')}\n]`)
    } else {
      print(`${field.card.title}: ${field.card.architecture}`)
      evaluations.forEach((evaluation, i) => {
        print('')
        print(frameText(structures[i], evaluation, field))
      })
    }
    return 0
  },
}

async function evaluateAll(
  gpu: Gpu,
  field: ForceField,
  structures: readonly Structure[],
): Promise<Evaluation[]> {
  const evaluations: Evaluation[] = []
  for (let first = 0; first < structures.length; ) {
    let end = first
    let atoms = 0
    do atoms += atomCount(structures[end++])
    while (end < structures.length && atoms + atomCount(structures[end]) <= BATCH_ATOMS)
    evaluations.push(...(await evaluate(gpu, field, structures.slice(first, end))))
    first = end
  }
  return evaluations
}

/** One frame as JSON shows it. What is no energy is not called one. */
function entryOf({ energy, forces, stress, property }: Evaluation, { card }: ForceField) {
  if (property)
    return {
      property: card.output,
      value: property,
      minusGradient: rowsOf(forces),
      units: { value: "the model's own", length: 'Å' },
      model: card.title,
    }
  return {
    energy,
    forces: rowsOf(forces),
    ...(stress && { stress: rowsOf(stress) }),
    units: { energy: 'eV', length: 'Å' },
    model: card.title,
  }
}

const rowsOf = (values: Float64Array): number[][] =>
  Array.from({ length: values.length / 3 }, (_, i) => Array.from(values.subarray(3 * i, 3 * i + 3)))

function frameText(
  { name, atomicNumbers }: Structure,
  { energy, forces, stress, property }: Evaluation,
  { card }: ForceField,
): string {
  const what = property ? `${card.output} ${property.join(' ')}` : `energy ${energy.toFixed(6)} eV`
  const unit = property ? 'minus the gradient, per Å' : 'force in eV/Å'
  const lines = [`${name}: ${atomicNumbers.length} atoms, ${what}`]
  if (stress) {
    lines.push('stress in eV/Å³:')
    lines.push(...rowsOf(stress).map((row) => row.map((x) => x.toFixed(8).padStart(14)).join('')))
  }
  const columns = [
    { title: 'atom', align: 'right' },
    { title: '' },
    { title: 'x', align: 'right' },
    { title: 'y', align: 'right' },
    { title: `z   ${unit}`, align: 'right' },
  ] as const
  const rows = rowsOf(forces).map((row, i) => [
    String(i + 1),
    symbolOf(atomicNumbers[i]),
    ...row.map((x) => x.toFixed(6)),
  ])
  lines.push(...table(columns, rows))
  return lines.join('\n')
}
