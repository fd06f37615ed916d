import { symbolOf } from '../../chemistry/elements.ts'
import type { ModelCard } from '../../models/force-field.ts'
import type { Command } from '../arguments.ts'
import { readForceField } from '../files.ts'
import { jsonOption, modelOptions } from '../shared-options.ts'
import { print } from '../terminal.ts'

export const card: Command = {
  name: 'card',
  summary: 'What a checkpoint is, and what to know before using it',
  operands: 'CHECKPOINT',
  options: { 'energy-unit': modelOptions['energy-unit'], state: modelOptions.state, json: jsonOption },
  async run(given) {
    const field = await readForceField(given.onlyOperand(), given)
    print(given.flag('json') ? JSON.stringify(field.card, null, 2) : cardText(field.card))
    return 0
  },
}

function cardText(card: ModelCard): string {
  const entries: (readonly [name: string, value: string])[] = [
    ['architecture', card.architecture],
    ['returns', card.output === 'energy' ? 'energy and forces' : card.output],
    ['parameters', String(card.parameterCount)],
    ['elements', card.elements ? card.elements.map(symbolOf).join(' ') : 'unknown'],
    ['cutoff', `${card.cutoff} Å`],
    ['units', unitsOf(card)],
    ['priors', card.priors.join(', ') || 'none'],
    ...card.hyperparameters,
    ...card.about,
  ]
  const width = Math.max(...entries.map(([name]) => name.length)) + 2
  return [
    card.title,
    ...entries.map(([name, value]) => `  ${name.padEnd(width)}${value}`),
    ...(card.notes.length > 0 ? ['', 'To know:', ...card.notes.map((note) => `  - ${note}`)] : []),
  ].join('\n')
}

function unitsOf({ output, energyUnit: { name, inEv } }: ModelCard): string {
  if (output !== 'energy') return "Å; the output in the model's own unit"
  if (inEv === 1) return name === 'eV' ? 'eV, Å' : `${name}, Å; shown as eV`
  return `${name}, Å; shown in eV (1 ${name} = ${inEv.toPrecision(9)} eV)`
}
