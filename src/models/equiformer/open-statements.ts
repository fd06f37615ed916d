/** What Equiformer's files leave open, in plain words. Names are upstream's. */
import { InputError } from '../../errors.ts'
import { energyUnits } from '../energy-unit.ts'
import type { EnergyUnit } from '../force-field.ts'
import { formatIrreps } from '../irreps/irreps.ts'
import { type OpenStatement, type Statements, unitStatement } from '../open-statements.ts'
import type { EquiformerHyperparameters, EquiformerOptions } from './parameters.ts'

type Question = Omit<OpenStatement, 'name' | 'value'>

/** What is asked in e3nn's notation. */
const irreps = (title: string): Question => ({
  title,
  kind: 'text',
  example: '16x0e+8x1e+4x2e',
  why: 'Several answers fit the shapes of the tensors: it is in the arguments of the training run.',
})

const questions = {
  num_heads: {
    title: 'Attention heads',
    kind: 'number',
    example: '4',
    why: 'Dot-product attention hides it; published networks have 4.',
  },
  irreps_node_embedding: irreps('Features between blocks'),
  irreps_head: irreps('Features of one head'),
  irreps_mlp_mid: irreps('Features inside the feed-forward networks'),
  irreps_feature: irreps('Features of the last block'),
  max_radius: {
    title: 'Cutoff',
    kind: 'number',
    unit: 'Å',
    why: 'The radial basis does not tell it; published runs have 5 Å.',
  },
  task_std: {
    title: 'Standard deviation of the training energies',
    kind: 'number',
    why: 'Energies and forces are multiplied by it; until it is stated they are standardised, in no unit.',
  },
  task_mean: {
    title: 'Mean of the training energies',
    kind: 'number',
    why: 'It is added to every energy; forces do not depend on it.',
  },
} as const satisfies Record<string, Question>

export type QuestionName = keyof typeof questions

/** Irreps that a network's shapes may leave open. */
export type IrrepsName = Extract<QuestionName, `irreps_${string}`>

/** One thing that is asked. */
export const openStatement = (
  name: QuestionName,
  value: OpenStatement['value'] = null,
  more: { readonly unit?: string; readonly example?: string } = {},
): OpenStatement => ({ name, ...questions[name], ...more, value })

/** @throws InputError for what is stated as text where a number belongs, or the other way round */
export function checkStatements(source: string, stated: Statements): void {
  for (const [name, question] of Object.entries<Question>(questions)) {
    const value = stated[name]
    if (value === undefined || typeof value === (question.kind === 'number' ? 'number' : 'string')) continue
    const expected = question.kind === 'number' ? 'a number' : `irreps such as ${question.example}`
    throw new InputError(`${source}: ${name} should be ${expected}, not '${value}'.`)
  }
}

/**
 * What the file does not tell of a network that could be read.
 * @param known what it tells and what is stated
 * @param stated what of that is not in the file
 * @param unit of the energies, known or assumed
 * @param unitTold whether the file tells it
 */
export function openStatements(
  hyper: EquiformerHyperparameters,
  known: EquiformerOptions,
  stated: Statements,
  unit: EnergyUnit,
  unitTold: boolean,
): OpenStatement[] {
  const open: OpenStatement[] = []
  const ask = (name: QuestionName, told: unknown, value: OpenStatement['value'], unit?: string) => {
    if (told === undefined || stated[name] !== undefined)
      open.push(openStatement(name, value, unit ? { unit } : {}))
  }
  // Without these the network could not have been read: they are open only where they have been stated.
  if (hyper.messages === 'dot product') ask('num_heads', hyper.heads, hyper.heads)
  const { embedding, head, mlp, feature } = hyper
  ask('irreps_node_embedding', embedding, formatIrreps(embedding))
  ask('irreps_head', head, formatIrreps(head))
  ask('irreps_mlp_mid', mlp, formatIrreps(mlp))
  ask('irreps_feature', feature, formatIrreps(feature))
  if (hyper.radialBasis !== 'exp') ask('max_radius', known.cutoff, hyper.cutoff)
  ask('task_std', known.std, known.std ?? null, unit.name)
  ask('task_mean', known.mean, known.mean ?? null, unit.name)
  if (!unitTold || stated.units !== undefined)
    open.push(
      unitStatement(
        unit.name,
        `The mean and the standard deviation are in it; ${hyper.dataset}'s published runs have ${usualUnit(hyper).name}.`,
      ),
    )
  return open
}

/** What upstream's program for a data set was given energies in. */
export const usualUnit = ({ dataset }: EquiformerHyperparameters): EnergyUnit =>
  energyUnits[dataset === 'MD17' ? 'kcal/mol' : 'ev']
