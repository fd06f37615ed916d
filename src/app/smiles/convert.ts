/**
 * SMILES to atoms in space, by openchemlib: its conformer generator, which adds the hydrogens, and MMFF94s. Its resources must
 * be registered. Large: loaded by the worker only.
 */

import { ConformerGenerator, ForceFieldMMFF94, Molecule, SmilesParser } from 'openchemlib'
import { elementOf, speciesOf } from '../../chemistry/elements.ts'
import type { Structure } from '../../chemistry/structure.ts'
import { checkStructure } from '../../chemistry/validate.ts'
import { InputError, messageOf } from '../../errors.ts'
import { correctDoubleBonds } from './double-bonds.ts'

/** The same SMILES gives the same atoms. */
const SEED = 42
const MOST_HEAVY_ATOMS = 300
/** No molecule of that many heavy atoms needs more; saves the parser. */
const MOST_CHARACTERS = 5000
/** Å of free space between fragments. */
const BESIDE = 3.5

/**
 * @param smiles several fragments, parted by dots, come to lie beside each other
 * @returns atoms with hydrogens, an open system; formal charges in the column `formal_charges` if there are any, the total in
 * the entry `charge`, the SMILES in the entry `smiles`
 * @throws InputError for text that is no SMILES, for unknown elements, impossible valences and more than 300 heavy atoms
 */
export const convertSmiles = (smiles: string): Structure => {
  const text = smiles.trim()
  const molecule = parse(text)
  checkAtoms(molecule, text)
  const fragments = molecule.getFragments().map((fragment) => shaped(fragment, text))
  const structure = besideEachOther(fragments, text)
  checkStructure(structure)
  return structure
}

const shown = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text)

const parse = (text: string): Molecule => {
  if (text === '') throw new InputError('The SMILES is empty; write one, CCO for ethanol say.')
  if (text.length > MOST_CHARACTERS)
    throw new InputError(
      `The SMILES has ${text.length} characters; molecules of at most ${MOST_HEAVY_ATOMS} heavy atoms can be built.`,
    )
  checkBrackets(text)
  try {
    return new SmilesParser().parseMolecule(text)
  } catch (error) {
    const [, what, place] = /SmilesParser: (.*?)[.;]?\s*(?:position:\s*(\d+))?$/i.exec(messageOf(error)) ?? []
    const where = place === undefined ? '' : `, position ${Math.min(Number(place) + 1, text.length)}`
    const why = what ? `${what.replace(/[.;]\s*$/, '')}; correct it there` : 'it cannot be read; check it'
    throw new InputError(`SMILES "${shown(text)}"${where}: ${why}.`)
  }
}

/** The parser forgives branches and brackets that are left open. */
const checkBrackets = (text: string) => {
  const begun: number[] = []
  const complain = (at: number) => {
    throw new InputError(
      `SMILES "${shown(text)}", position ${at + 1}: this ${text[at]} has no partner; add or remove one.`,
    )
  }
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(' || text[at] === '[') begun.push(at)
    if (text[at] !== ')' && text[at] !== ']') continue
    const start = begun.pop()
    if (start === undefined || (text[start] === '(') !== (text[at] === ')')) complain(at)
  }
  if (begun.length > 0) complain(begun[begun.length - 1])
}

const checkAtoms = (molecule: Molecule, text: string) => {
  molecule.ensureHelperArrays(Molecule.cHelperParities)
  const heavy = molecule.getAtoms()
  if (molecule.getAllAtoms() === 0) throw new InputError(`SMILES "${shown(text)}" has no atoms.`)
  if (heavy > MOST_HEAVY_ATOMS)
    throw new InputError(
      `SMILES "${shown(text)}" has ${heavy} heavy atoms; molecules of at most ${MOST_HEAVY_ATOMS} can be built.`,
    )
  const wild = (text.match(/\*/) ?? { index: -1 }).index!
  if (wild >= 0)
    throw new InputError(`SMILES "${shown(text)}", position ${wild + 1}: * is no element; write one there.`)
  for (let atom = 0; atom < molecule.getAllAtoms(); atom++) {
    const z = molecule.getAtomicNo(atom)
    if (z < 1 || z > 118)
      throw new InputError(`SMILES "${shown(text)}": atom ${atom + 1} is no element; write a symbol.`)
    if (molecule.getFreeValence(atom) < 0)
      throw new InputError(
        `SMILES "${shown(text)}": atom ${atom + 1} (${elementOf(z).symbol}) has ${molecule.getOccupiedValence(atom)} bonds, more than it can have; remove one or give it a charge.`,
      )
  }
}

/** One molecule with hydrogens and a shape of low energy. */
const shaped = (fragment: Molecule, text: string): Molecule => {
  fragment.ensureHelperArrays(Molecule.cHelperParities)
  const wanted = fragment.toIsomericSmiles()
  const parities = doubleBondParities(fragment)
  if (!new ConformerGenerator(SEED).getOneConformerAsMolecule(fragment))
    throw new InputError(`SMILES "${shown(text)}": no shape without clashes was found; check the structure.`)
  correctDoubleBonds(fragment, parities)
  const before = fragment.getCompactCopy()
  try {
    new ForceFieldMMFF94(fragment, ForceFieldMMFF94.MMFF94S).minimise()
  } catch {
    // Elements that MMFF94 does not know keep the generator's shape.
    return before
  }
  const sane = isFinite3d(fragment) && fragment.toIsomericSmiles() === wanted
  return sane ? fragment : before
}

const doubleBondParities = (molecule: Molecule): ReadonlyMap<number, number> =>
  new Map(
    Array.from({ length: molecule.getAllBonds() }, (_, bond): [number, number] => [
      bond,
      molecule.getBondParity(bond),
    ]),
  )

const isFinite3d = (molecule: Molecule): boolean => {
  for (let atom = 0; atom < molecule.getAllAtoms(); atom++)
    if (!Number.isFinite(molecule.getAtomX(atom) + molecule.getAtomY(atom) + molecule.getAtomZ(atom)))
      return false
  return true
}

/** Mass in u of an isotope: exact for D and T, its mass number for others, which is right to 0.1 %. */
const isotopeMass = (z: number, massNumber: number): number => {
  if (massNumber === 0) return elementOf(z).mass
  if (z === 1 && massNumber === 2) return speciesOf('D')!.mass!
  if (z === 1 && massNumber === 3) return speciesOf('T')!.mass!
  return massNumber
}

/** Fragments in a row along x, each in the middle of the row. */
const besideEachOther = (fragments: readonly Molecule[], text: string): Structure => {
  const numbers: number[] = []
  const positions: number[] = []
  const masses: number[] = []
  const charges: number[] = []
  let isotopes = false
  let edge = 0
  for (const fragment of fragments) {
    const atoms = Array.from({ length: fragment.getAllAtoms() }, (_, atom) => atom)
    const places = atoms.map((a) => [fragment.getAtomX(a), fragment.getAtomY(a), fragment.getAtomZ(a)])
    const middle = (k: number) => places.reduce((sum, place) => sum + place[k], 0) / places.length
    const shift = [edge - Math.min(...places.map(([x]) => x)), -middle(1), -middle(2)]
    for (const atom of atoms) {
      const z = fragment.getAtomicNo(atom)
      numbers.push(z)
      positions.push(...places[atom].map((x, k) => x + shift[k]))
      masses.push(isotopeMass(z, fragment.getAtomMass(atom)))
      charges.push(fragment.getAtomCharge(atom))
      isotopes ||= fragment.getAtomMass(atom) !== 0
    }
    edge = Math.max(...places.map(([x]) => x)) + shift[0] + BESIDE
  }
  const charge = charges.reduce((sum, q) => sum + q, 0)
  return {
    name: shown(text),
    atomicNumbers: Uint8Array.from(numbers),
    positions: Float64Array.from(positions),
    cell: null,
    periodic: [false, false, false],
    ...(isotopes && { masses: Float64Array.from(masses) }),
    ...(charges.some((q) => q !== 0) && {
      columns: new Map([['formal_charges', { width: 1, values: Float64Array.from(charges) }]]),
    }),
    info: new Map([
      ['smiles', text],
      ['charge', `${charge}`],
    ]),
  }
}
