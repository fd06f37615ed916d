import type { Checkpoint, Plain } from '../../formats/checkpoint.ts'
import type { EnergyUnit, ModelCard } from '../force-field.ts'
import { formatIrreps } from '../irreps/irreps.ts'
import type { OpenStatement } from '../open-statements.ts'
import type { EquiformerParameters } from './parameters.ts'

const text = (value: Plain | undefined): string | null =>
  typeof value === 'string' && value ? value : typeof value === 'number' ? String(value) : null

/** Until their standard deviation is known, energies are in no unit; they are taken for eV. */
const STANDARDISED: EnergyUnit = { name: 'standardised', inEv: 1 }

/** Errors of tables above which a user should know of them. */
const NOTEWORTHY = 1e-6

/** The card of an Equiformer. */
export function equiformerCard(
  { metadata, source }: Checkpoint,
  { hyper, head, count, mean, std, notes }: EquiformerParameters,
  elements: readonly number[] | null,
  unit: EnergyUnit | null,
  open: readonly OpenStatement[],
  tableError: number,
): ModelCard {
  const messages = { nonlinear: 'nonlinear', linear: 'linear', 'dot product': 'dot-product attention' }
  const doubts: string[] = []
  if (elements === null)
    doubts.push(
      'The file does not tell which elements the model was trained on; every one it has a row for is accepted.',
    )
  if (tableError > NOTEWORTHY)
    doubts.push(
      `The radial weights are interpolated with a relative error of ${tableError.toExponential(1)}.`,
    )
  return {
    title: text(metadata.name) ?? source,
    architecture: 'Equiformer',
    parameterCount: count,
    hyperparameters: [
      ['blocks', String(hyper.layers)],
      ['features', formatIrreps(hyper.embedding)],
      ['spherical harmonics', formatIrreps(hyper.harmonics)],
      ['messages', messages[hyper.messages]],
      ['heads', `${hyper.heads} of ${formatIrreps(hyper.head)}`],
      ['feed-forward', formatIrreps(hyper.mlp)],
      ['last features', formatIrreps(hyper.feature)],
      ['radial functions', `${hyper.radialFunctions} ${hyper.radialBasis}`],
      ['head', head.kind === 'attention' ? 'attention' : 'two layers'],
      ['trained on', hyper.dataset],
      ['signs of Wigner 3j symbols', hyper.convention],
      ['mean, standard deviation', `${mean}, ${std}`],
    ],
    elements,
    cutoff: hyper.cutoff,
    energyUnit: unit ?? STANDARDISED,
    priors: [],
    output: 'energy',
    attention: { layers: hyper.layers, heads: hyper.heads },
    open,
    notes: [...notes, ...doubts],
    about: [],
  }
}
