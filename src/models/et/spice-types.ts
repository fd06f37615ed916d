/**
 * Input types of openmm's SPICE "five-et" models: not atomic numbers, but pairs of element and formal charge.
 * SPEC section 11.6.
 */

interface SpiceType {
  readonly symbol: string
  readonly atomicNumber: number
  /** Formal charge in e. */
  readonly charge: number
}

const type = (symbol: string, atomicNumber: number, charge: number): SpiceType => ({
  symbol,
  atomicNumber,
  charge,
})

/** The position in this list is the network's input index. */
export const spiceTypes: readonly SpiceType[] = [
  type('Br', 35, -1),
  type('Br', 35, 0),
  type('C', 6, -1),
  type('C', 6, 0),
  type('C', 6, 1),
  type('Ca', 20, 2),
  type('Cl', 17, -1),
  type('Cl', 17, 0),
  type('F', 9, -1),
  type('F', 9, 0),
  type('H', 1, 0),
  type('I', 53, -1),
  type('I', 53, 0),
  type('K', 19, 1),
  type('Li', 3, 1),
  type('Mg', 12, 2),
  type('N', 7, -1),
  type('N', 7, 0),
  type('N', 7, 1),
  type('Na', 11, 1),
  type('O', 8, -1),
  type('O', 8, 0),
  type('O', 8, 1),
  type('P', 15, 0),
  type('P', 15, 1),
  type('S', 16, -1),
  type('S', 16, 0),
  type('S', 16, 1),
]

/** Index of an element with a formal charge (e), or null if the models were not trained on it. */
export function spiceTypeOf(atomicNumber: number, charge: number): number | null {
  const index = spiceTypes.findIndex((t) => t.atomicNumber === atomicNumber && t.charge === charge)
  return index < 0 ? null : index
}
