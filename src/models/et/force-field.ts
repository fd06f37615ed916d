import { symbolOf } from '../../chemistry/elements.ts'
import type { Cell, Structure } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
import type { Checkpoint } from '../../formats/checkpoint.ts'
import type { Gpu } from '../../gpu/gpu.ts'
import { encodeDispatches } from '../../gpu/kernel.ts'
import type { AtomBuffers } from '../../neighbors/atom-buffers.ts'
import type { CutoffRange, NeighborList } from '../../neighbors/neighbor-list.ts'
import { etWeights } from '../../reference/et-weights.ts'
import { energyUnits } from '../energy-unit.ts'
import type { EnergyUnit, ForceField, ForceProgram, ModelCard } from '../force-field.ts'
import { ProgramBuilder } from '../layers/program-builder.ts'
import type { Statements } from '../open-statements.ts'
import { appendPairPrior } from '../priors/pair-program.ts'
import { etCard } from './card.ts'
import { energyUnitOf, trainedElements } from './hyperparameters.ts'
import { type PackedEt, packEt } from './packed-weights.ts'
import { type EtParameters, float64Of } from './parameters.ts'
import { EtProgramWriter } from './program.ts'
import { readEtParameters } from './read-parameters.ts'
import { spiceTypeOf } from './spice-types.ts'

export interface EtOptions {
  /** Unit of the model's energies where the file does not tell, or tells it wrongly. */
  readonly energyUnit?: EnergyUnit
  /** What is stated of the file, the checkpoint's hyperparameters included. */
  readonly stated?: Statements
}

/** A TorchMD-NET Equivariant Transformer. */
export class EtForceField implements ForceField {
  readonly card: ModelCard
  readonly range: CutoffRange
  readonly defaultCell: Cell | null
  private readonly packed: PackedEt
  private readonly elements: readonly number[] | null
  private readonly unit: number

  private constructor(
    private readonly parameters: EtParameters,
    checkpoint: Checkpoint,
    options: EtOptions,
  ) {
    const { hyper } = parameters
    this.range = { lower: hyper.cutoffLower, upper: hyper.cutoffUpper }
    this.defaultCell = hyper.boxVectors
    this.packed = packEt(hyper, etWeights(parameters))
    this.elements = trainedElements(checkpoint, parameters)
    const told = options.energyUnit ?? energyUnitOf(checkpoint)
    this.unit = hyper.head === 'Scalar' ? (told ?? energyUnits.ev).inEv : 1
    const { stated = {} } = options
    this.card = etCard(checkpoint, parameters, this.elements, told, stated, this.packed.tableError)
  }

  /** @throws InputError in one sentence for anything that is not such a network */
  static fromCheckpoint(checkpoint: Checkpoint, options: EtOptions = {}): EtForceField {
    return new EtForceField(readEtParameters(checkpoint), checkpoint, options)
  }

  typesOf(structure: Structure): Uint32Array {
    const { hyper } = this.parameters
    const charges = structure.columns?.get('formal_charges')?.values
    const types = Uint32Array.from(structure.atomicNumbers, (z, i) =>
      hyper.types === 'five-et' ? (spiceTypeOf(z, charges?.[i] ?? 0) ?? Number.NaN) : z,
    )
    const unknown = Array.from(structure.atomicNumbers.keys()).filter((i) => {
      const z = structure.atomicNumbers[i]
      const typed = hyper.types === 'five-et' ? spiceTypeOf(z, charges?.[i] ?? 0) !== null : z < hyper.maxZ
      return !typed || (this.elements !== null && !this.elements.includes(z))
    })
    if (unknown.length > 0) throw new InputError(this.unknownElements(structure, unknown))
    return types
  }

  constantEnergy(types: Uint32Array): number {
    const { hyper, priors, mean } = this.parameters
    let references = 0
    for (const prior of priors) {
      if (prior.kind !== 'Atomref' || !prior.enabled) continue
      for (const type of types) references += prior.energies[type]
    }
    // The dipole head adds the mean to the vector before its length is taken.
    const outside = hyper.head === 'DipoleMoment' ? 0 : mean
    return (references * this.share(types.length) + outside) * this.unit
  }

  async compile(gpu: Gpu, atoms: AtomBuffers, neighbors: NeighborList): Promise<ForceProgram> {
    const { hyper, std, mean, priors, tensors } = this.parameters
    // First, because a prior may refuse the structure: nothing large has been made then.
    const pairs = new ProgramBuilder(gpu, atoms, neighbors)
    for (const prior of priors) {
      if (prior.kind !== 'Atomref') appendPairPrior(pairs, prior, atoms.typeIndices, this.unit)
    }
    const weights = this.packed.pack.upload(gpu, `weights of ${this.card.title}`)
    const table = tensors.get('output_model.atomic_mass')
    const masses = table ? float64Of(table) : null
    const perAtom = new Float32Array(atoms.atoms * 2)
    let atom = 0
    for (const { atomicNumbers } of atoms.structures) {
      const weight = std * this.unit * this.share(atomicNumbers.length)
      for (let i = 0; i < atomicNumbers.length; i++, atom++) {
        perAtom[2 * atom] = weight
        perAtom[2 * atom + 1] = masses ? masses[atoms.typeIndices[atom]] : 1
      }
    }
    const atomWeights = gpu.bufferFrom('atom weights', perAtom)
    const writer = new EtProgramWriter(hyper, this.packed, weights, atoms, neighbors)
    const network = await writer.write(atomWeights, mean)
    const extra = await pairs.build()
    const dispatches = [...network.dispatches, ...extra.dispatches]
    return {
      dispatches,
      properties: network.properties,
      attention: network.attention,
      encode: (pass) => encodeDispatches(pass, dispatches),
      destroy: () => {
        network.destroy()
        extra.destroy()
        weights.destroy()
        atomWeights.destroy()
      },
    }
  }

  /** What an atom's contribution is multiplied by when it is reduced to its molecule's. */
  private share(atoms: number): number {
    const { meanDivisor } = this.parameters.hyper
    return meanDivisor === 'one' ? 1 : 1 / (meanDivisor === 'atoms' ? atoms : atoms + 1)
  }

  private unknownElements({ name, atomicNumbers }: Structure, unknown: readonly number[]): string {
    const symbols = [...new Set(unknown.map((i) => symbolOf(atomicNumbers[i])))]
    const where =
      unknown
        .slice(0, 5)
        .map((i) => i + 1)
        .join(', ') + (unknown.length > 5 ? ', …' : '')
    const known = this.elements
      ? `it was trained on ${this.elements.map(symbolOf).join(', ')}`
      : `it knows elements up to number ${this.parameters.hyper.maxZ - 1}`
    const atoms = unknown.length === 1 ? 'atom' : 'atoms'
    return `${name}: the model ${this.card.title} does not know ${symbols.join(', ')} (${atoms} ${where}); ${known}.`
  }
}
