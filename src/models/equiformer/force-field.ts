import { symbolOf } from '../../chemistry/elements.ts'
import type { Structure } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
import type { Checkpoint } from '../../formats/checkpoint.ts'
import type { Gpu } from '../../gpu/gpu.ts'
import { encodeDispatches } from '../../gpu/kernel.ts'
import type { AtomBuffers } from '../../neighbors/atom-buffers.ts'
import type { CutoffRange, NeighborList } from '../../neighbors/neighbor-list.ts'
import { energyUnits, statedEnergyUnit } from '../energy-unit.ts'
import type { EnergyUnit, ForceField, ForceProgram, ModelCard } from '../force-field.ts'
import { ProgramBuilder } from '../layers/program-builder.ts'
import type { OpenStatement, Statements } from '../open-statements.ts'
import { equiformerTypeOf, qm9Elements } from './atom-types.ts'
import { equiformerCard } from './card.ts'
import { checkStatements, openStatements, usualUnit } from './open-statements.ts'
import { type PackedEquiformer, packEquiformer } from './packed-weights.ts'
import type { EquiformerParameters } from './parameters.ts'
import { EquiformerProgramWriter } from './program.ts'
import { readEquiformerParameters } from './read-parameters.ts'
import { optionsInFile } from './stated-options.ts'
import { watchAttention } from './watch-attention.ts'

/** An Equiformer: Liao and Smidt, arXiv:2206.11990. */
export class EquiformerForceField implements ForceField {
  readonly card: ModelCard
  readonly range: CutoffRange
  readonly defaultCell = null
  private readonly packed: PackedEquiformer
  /** Those it was trained on; null where nothing tells. */
  private readonly elements: readonly number[] | null
  private readonly unit: number

  private constructor(
    private readonly parameters: EquiformerParameters,
    checkpoint: Checkpoint,
    energyUnit: EnergyUnit | null,
    open: readonly OpenStatement[],
  ) {
    const { hyper } = parameters
    this.range = { lower: 0, upper: hyper.cutoff }
    this.packed = packEquiformer(parameters)
    this.elements = hyper.dataset === 'QM9' ? qm9Elements : null
    this.unit = (energyUnit ?? energyUnits.ev).inEv
    this.card = equiformerCard(
      checkpoint,
      parameters,
      this.elements,
      energyUnit,
      open,
      this.packed.tableError,
    )
  }

  /**
   * @param options what is stated of the file, `checkpoint`'s hyperparameters included
   * @throws OpenQuestion where something has to be stated first
   * @throws InputError in one sentence for anything that is not such a network
   */
  static fromCheckpoint(
    checkpoint: Checkpoint,
    options: { readonly energyUnit?: EnergyUnit; readonly stated?: Statements } = {},
  ): EquiformerForceField {
    const { energyUnit, stated = {} } = options
    checkStatements(checkpoint.source, stated)
    const parameters = readEquiformerParameters(checkpoint)
    const { hyper } = parameters
    const known = optionsInFile(checkpoint)
    const told = energyUnit ?? statedEnergyUnit(checkpoint)
    const usual = usualUnit(hyper)
    const open = openStatements(hyper, known, stated, told ?? usual, told !== null)
    // Standardised energies are in no unit at all until they are multiplied.
    const unit = told ?? (known.std === undefined ? null : usual)
    return new EquiformerForceField(parameters, checkpoint, unit, open)
  }

  /** Rows of the embeddings: an element's, and with tags [tags, types] of both. */
  typesOf(structure: Structure): Uint32Array {
    const { dataset, types, tags } = this.parameters.hyper
    const unknown: number[] = []
    const rows = Uint32Array.from(structure.atomicNumbers, (z, i) => {
      const row = equiformerTypeOf(dataset, types, z)
      if (row === null) unknown.push(i)
      return row ?? 0
    })
    if (unknown.length > 0) throw new InputError(this.unknownElements(structure, unknown))
    if (tags === 0) return rows
    const given = structure.columns?.get('tags')?.values
    return rows.map((row, i) => {
      const tag = given?.[i] ?? Number.NaN
      if (Number.isInteger(tag) && tag >= 0 && tag < tags) return tag * types + row
      throw new InputError(
        `${structure.name}: the model ${this.card.title} tells atoms of a surface from adsorbates: give every atom its tag, 0 to ${tags - 1}, in a column called tags of an extended .xyz file (atom ${i + 1} has ${given ? tag : 'none'}).`,
      )
    })
  }

  constantEnergy(): number {
    return this.parameters.mean * this.unit
  }

  async compile(gpu: Gpu, atoms: AtomBuffers, neighbors: NeighborList): Promise<ForceProgram> {
    const { hyper, std } = this.parameters
    const uploaded = this.packed.pack.upload(gpu, `weights of ${this.card.title}`)
    const perAtom = new Float32Array(2 * atoms.atoms)
    const weight = (std * this.unit) / Math.sqrt(hyper.averageAtoms)
    for (let i = 0; i < atoms.atoms; i++) perAtom[2 * i] = weight
    const atomWeights = gpu.bufferFrom('atom weights', perAtom)
    const builder = new ProgramBuilder(gpu, atoms, neighbors)
    const destroy = () => {
      builder.destroy()
      uploaded.destroy()
      atomWeights.destroy()
    }
    try {
      const writer = new EquiformerProgramWriter(builder, this.packed, uploaded)
      const { dispatches, attentions } = await writer.write(atomWeights, atoms.typeIndices)
      return {
        dispatches,
        properties: null,
        attention: watchAttention(
          ...([atoms, neighbors, hyper.heads] as const),
          attentions.map(({ weights }) => weights),
        ),
        encode: (pass) => encodeDispatches(pass, dispatches),
        destroy,
      }
    } catch (error) {
      // Tensors of edges soon are more than an adapter allows; those that it did must not stay.
      destroy()
      throw error
    }
  }

  private unknownElements({ name, atomicNumbers }: Structure, unknown: readonly number[]): string {
    const symbols = [...new Set(unknown.map((i) => symbolOf(atomicNumbers[i])))]
    const known = this.elements
      ? `it was trained on ${this.elements.map(symbolOf).join(', ')}`
      : `it knows elements up to number ${this.parameters.hyper.types - 1}`
    return `${name}: the model ${this.card.title} does not know ${symbols.join(', ')}; ${known}.`
  }
}
