/** Collects the atoms of one structure while a file is read. */

import { elementOf, type Species } from '../../chemistry/elements.ts'
import type { AtomLabels, Cell, Structure } from '../../chemistry/structure.ts'

/** What a file says of one atom besides its element and place. */
export interface AtomLabel {
  readonly atom: string
  readonly residue: string
  readonly residueNumber: number
  readonly chain: string
}

/** What a structure has besides its atoms. */
export interface Finish {
  readonly name: string
  /** Rows in Å; a structure that has one is periodic along all of them. */
  readonly cell: Cell | null
  readonly info?: ReadonlyMap<string, string>
  readonly remarks?: readonly string[]
}

export class StructureBuilder {
  private readonly atomicNumbers: number[] = []
  private readonly positions: number[] = []
  private readonly velocities: number[] = []
  private readonly charges: number[] = []
  /** Force fields of SPICE look for formal charges under this name; partial ones must not be taken for them. */
  private chargeColumn: 'charge' | 'formal_charges' = 'charge'
  private readonly isotopes = new Map<number, number>()
  private readonly labels: AtomLabel[] = []

  get atoms(): number {
    return this.atomicNumbers.length
  }

  /** Å */
  add({ atomicNumber, mass }: Species, x: number, y: number, z: number): void {
    if (mass !== null) this.isotopes.set(this.atoms, mass)
    this.atomicNumbers.push(atomicNumber)
    this.positions.push(x, y, z)
  }

  /** Of the atom added last; given for one atom, it must be given for all. */
  label(label: AtomLabel): void {
    this.labels.push(label)
  }

  /** Å/fs, of the atom added last; given for one atom, it must be given for all. */
  velocity(x: number, y: number, z: number): void {
    this.velocities.push(x, y, z)
  }

  /** Elementary charges, of the atom added last; given for one atom, it must be given for all, and all of one kind. */
  charge(q: number, kind: 'charge' | 'formal_charges' = 'charge'): void {
    this.chargeColumn = kind
    this.charges.push(q)
  }

  finish({ name, cell, info, remarks }: Finish): Structure {
    const { isotopes, velocities, charges, labels } = this
    const atomicNumbers = Uint8Array.from(this.atomicNumbers)
    const masses =
      isotopes.size > 0 &&
      Float64Array.from(atomicNumbers, (z, atom) => isotopes.get(atom) ?? elementOf(z).mass)
    const periodic = cell !== null
    return {
      name,
      atomicNumbers,
      positions: Float64Array.from(this.positions),
      cell,
      periodic: [periodic, periodic, periodic],
      ...(masses && { masses }),
      ...(velocities.length > 0 && { velocities: Float64Array.from(velocities) }),
      ...(charges.length > 0 && {
        columns: new Map([[this.chargeColumn, { width: 1, values: Float64Array.from(charges) }]]),
      }),
      ...(labels.length > 0 && { labels: columnsOf(labels) }),
      ...(info && info.size > 0 && { info }),
      ...(remarks && remarks.length > 0 && { remarks }),
    }
  }
}

const columnsOf = (labels: readonly AtomLabel[]): AtomLabels => ({
  atom: labels.map(({ atom }) => atom),
  residue: labels.map(({ residue }) => residue),
  residueNumber: Int32Array.from(labels, ({ residueNumber }) => residueNumber),
  chain: labels.map(({ chain }) => chain),
})
