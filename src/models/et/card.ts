import type { Checkpoint, Plain } from '../../formats/checkpoint.ts'
import { energyUnits } from '../energy-unit.ts'
import type { EnergyUnit, ModelCard } from '../force-field.ts'
import { type Statements, unitStatement } from '../open-statements.ts'
import type { EtHead, EtParameters } from './parameters.ts'

const outputs: Readonly<Record<EtHead, ModelCard['output']>> = {
  Scalar: 'energy',
  DipoleMoment: 'dipole moment',
  ElectronicSpatialExtent: 'spatial extent',
  VectorOutput: 'vector',
}

/** Metadata worth showing, where a file has it. */
const ABOUT = [
  'level_of_theory',
  'license',
  'licence',
  'dataset',
  'epoch',
  'pytorch-lightning_version',
] as const

/** The card of an Equivariant Transformer. */
export function etCard(
  checkpoint: Checkpoint,
  { hyper, tensors, mean, std, priors, notes }: EtParameters,
  elements: readonly number[] | null,
  unit: EnergyUnit | null,
  stated: Statements,
  tableError: number,
): ModelCard {
  const { metadata, hyperparameters, source } = checkpoint
  let parameterCount = 0
  for (const tensor of tensors.values()) parameterCount += tensor.data.length
  const about = ABOUT.flatMap((key) => {
    const value = text(metadata[key] ?? hyperparameters?.[key])
    return value ? [[key.replaceAll('_', ' '), value] as const] : []
  })
  const doubts: string[] = []
  if (hyper.boxVectors)
    doubts.push(
      `Structures without a cell of their own are simulated in the model's: ${hyper.boxVectors.join(' ')} Å.`,
    )
  if (elements === null)
    doubts.push(
      'The file does not tell which elements the model was trained on; every one it has a row for is accepted.',
    )
  if (unit === null && hyper.head === 'Scalar')
    doubts.push('The file does not tell its energy unit; eV is assumed.')
  if (tableError > 1e-6)
    doubts.push(
      `The radial filters are interpolated with a relative error of ${tableError.toExponential(1)}.`,
    )
  return {
    title: text(metadata.name) ?? source,
    architecture: 'TorchMD-NET Equivariant Transformer',
    parameterCount,
    hyperparameters: [
      ['layers', String(hyper.layers)],
      ['channels', String(hyper.channels)],
      ['heads', String(hyper.heads)],
      ['radial functions', `${hyper.radialFunctions} ${hyper.radialBasis}`],
      ['activation', `${hyper.activation}, attention ${hyper.attentionActivation}`],
      ['distance influence', hyper.distanceInfluence],
      ['neighbor embedding', hyper.neighborEmbedding ? 'yes' : 'no'],
      ['vector cutoff', hyper.vectorCutoff ? 'yes' : 'no'],
      ['lower cutoff', `${hyper.cutoffLower} Å`],
      ['output', hyper.head],
      ['reduction', hyper.reduce],
      ['mean, standard deviation', `${mean}, ${std}`],
    ],
    elements,
    cutoff: hyper.cutoffUpper,
    energyUnit: unit ?? energyUnits.ev,
    priors: priors.map(({ kind }) => kind),
    output: outputs[hyper.head],
    attention: { layers: hyper.layers, heads: hyper.heads },
    open:
      hyper.head === 'Scalar' && (unit === null || stated.units !== undefined)
        ? [
            unitStatement(
              (unit ?? energyUnits.ev).name,
              'Forces are in it, too; until it is stated, eV is assumed.',
            ),
          ]
        : [],
    notes: [...notes, ...doubts],
    about,
  }
}

const text = (value: Plain | undefined): string | null =>
  typeof value === 'string' && value ? value : typeof value === 'number' ? String(value) : null
