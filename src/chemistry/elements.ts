/**
 * The 118 elements.
 *
 * Masses: IUPAC abridged standard atomic weights (Meija et al., Pure Appl. Chem. 88, 265, 2016), as ASE has them,
 * so that kinetic energies agree with ASE's; the longest-lived isotope where no standard weight exists.
 * Covalent radii: Cordero et al., Dalton Trans. 2008, 2832 (carbon sp3; Mn, Fe, Co low spin); curium's value beyond it.
 * Van der Waals radii: Bondi, J. Phys. Chem. 68, 441 (1964) as completed for the main group by
 * Mantina et al., J. Phys. Chem. A 113, 5806 (2009); d and f elements from Alvarez, Dalton Trans. 2013, 42, 8617;
 * 2 Å where neither gives one (Pm and from Fm on).
 * Colours: Jmol's element colours (jmol.sourceforge.net/jscolors); meitnerium's beyond it.
 */

import { InputError } from '../errors.ts'

export interface Element {
  /** 1 … 118. */
  readonly atomicNumber: number
  readonly symbol: string
  /** English (IUPAC) name. */
  readonly name: string
  /** Standard atomic mass in u. */
  readonly mass: number
  /** Single-bond covalent radius in Å. */
  readonly covalentRadius: number
  /** Van der Waals radius in Å. */
  readonly vdwRadius: number
  /** Jmol colour as #rrggbb. */
  readonly color: string
}

/** An element, and the isotope's mass in u where a symbol names one (D, T). */
export interface Species {
  readonly atomicNumber: number
  readonly mass: number | null
}

type Row = readonly [symbol: string, name: string, mass: number, covalent: number, vdw: number, color: string]

const rows: readonly Row[] = [
  ['H', 'Hydrogen', 1.008, 0.31, 1.1, 'ffffff'],
  ['He', 'Helium', 4.002602, 0.28, 1.4, 'd9ffff'],
  ['Li', 'Lithium', 6.94, 1.28, 1.81, 'cc80ff'],
  ['Be', 'Beryllium', 9.0121831, 0.96, 1.53, 'c2ff00'],
  ['B', 'Boron', 10.81, 0.84, 1.92, 'ffb5b5'],
  ['C', 'Carbon', 12.011, 0.76, 1.7, '909090'],
  ['N', 'Nitrogen', 14.007, 0.71, 1.55, '3050f8'],
  ['O', 'Oxygen', 15.999, 0.66, 1.52, 'ff0d0d'],
  ['F', 'Fluorine', 18.998403163, 0.57, 1.47, '90e050'],
  ['Ne', 'Neon', 20.1797, 0.58, 1.54, 'b3e3f5'],
  ['Na', 'Sodium', 22.98976928, 1.66, 2.27, 'ab5cf2'],
  ['Mg', 'Magnesium', 24.305, 1.41, 1.73, '8aff00'],
  ['Al', 'Aluminium', 26.9815385, 1.21, 1.84, 'bfa6a6'],
  ['Si', 'Silicon', 28.085, 1.11, 2.1, 'f0c8a0'],
  ['P', 'Phosphorus', 30.973761998, 1.07, 1.8, 'ff8000'],
  ['S', 'Sulfur', 32.06, 1.05, 1.8, 'ffff30'],
  ['Cl', 'Chlorine', 35.45, 1.02, 1.75, '1ff01f'],
  ['Ar', 'Argon', 39.948, 1.06, 1.88, '80d1e3'],
  ['K', 'Potassium', 39.0983, 2.03, 2.75, '8f40d4'],
  ['Ca', 'Calcium', 40.078, 1.76, 2.31, '3dff00'],
  ['Sc', 'Scandium', 44.955908, 1.7, 2.58, 'e6e6e6'],
  ['Ti', 'Titanium', 47.867, 1.6, 2.46, 'bfc2c7'],
  ['V', 'Vanadium', 50.9415, 1.53, 2.42, 'a6a6ab'],
  ['Cr', 'Chromium', 51.9961, 1.39, 2.45, '8a99c7'],
  ['Mn', 'Manganese', 54.938044, 1.39, 2.45, '9c7ac7'],
  ['Fe', 'Iron', 55.845, 1.32, 2.44, 'e06633'],
  ['Co', 'Cobalt', 58.933194, 1.26, 2.4, 'f090a0'],
  ['Ni', 'Nickel', 58.6934, 1.24, 2.4, '50d050'],
  ['Cu', 'Copper', 63.546, 1.32, 2.38, 'c88033'],
  ['Zn', 'Zinc', 65.38, 1.22, 2.39, '7d80b0'],
  ['Ga', 'Gallium', 69.723, 1.22, 1.87, 'c28f8f'],
  ['Ge', 'Germanium', 72.63, 1.2, 2.11, '668f8f'],
  ['As', 'Arsenic', 74.921595, 1.19, 1.85, 'bd80e3'],
  ['Se', 'Selenium', 78.971, 1.2, 1.9, 'ffa100'],
  ['Br', 'Bromine', 79.904, 1.2, 1.83, 'a62929'],
  ['Kr', 'Krypton', 83.798, 1.16, 2.02, '5cb8d1'],
  ['Rb', 'Rubidium', 85.4678, 2.2, 3.03, '702eb0'],
  ['Sr', 'Strontium', 87.62, 1.95, 2.49, '00ff00'],
  ['Y', 'Yttrium', 88.90584, 1.9, 2.75, '94ffff'],
  ['Zr', 'Zirconium', 91.224, 1.75, 2.52, '94e0e0'],
  ['Nb', 'Niobium', 92.90637, 1.64, 2.56, '73c2c9'],
  ['Mo', 'Molybdenum', 95.95, 1.54, 2.45, '54b5b5'],
  ['Tc', 'Technetium', 97.90721, 1.47, 2.44, '3b9e9e'],
  ['Ru', 'Ruthenium', 101.07, 1.46, 2.46, '248f8f'],
  ['Rh', 'Rhodium', 102.9055, 1.42, 2.44, '0a7d8c'],
  ['Pd', 'Palladium', 106.42, 1.39, 2.15, '006985'],
  ['Ag', 'Silver', 107.8682, 1.45, 2.53, 'c0c0c0'],
  ['Cd', 'Cadmium', 112.414, 1.44, 2.49, 'ffd98f'],
  ['In', 'Indium', 114.818, 1.42, 1.93, 'a67573'],
  ['Sn', 'Tin', 118.71, 1.39, 2.17, '668080'],
  ['Sb', 'Antimony', 121.76, 1.39, 2.06, '9e63b5'],
  ['Te', 'Tellurium', 127.6, 1.38, 2.06, 'd47a00'],
  ['I', 'Iodine', 126.90447, 1.39, 1.98, '940094'],
  ['Xe', 'Xenon', 131.293, 1.4, 2.16, '429eb0'],
  ['Cs', 'Caesium', 132.90545196, 2.44, 3.43, '57178f'],
  ['Ba', 'Barium', 137.327, 2.15, 2.68, '00c900'],
  ['La', 'Lanthanum', 138.90547, 2.07, 2.98, '70d4ff'],
  ['Ce', 'Cerium', 140.116, 2.04, 2.88, 'ffffc7'],
  ['Pr', 'Praseodymium', 140.90766, 2.03, 2.92, 'd9ffc7'],
  ['Nd', 'Neodymium', 144.242, 2.01, 2.95, 'c7ffc7'],
  ['Pm', 'Promethium', 144.91276, 1.99, 2, 'a3ffc7'],
  ['Sm', 'Samarium', 150.36, 1.98, 2.9, '8fffc7'],
  ['Eu', 'Europium', 151.964, 1.98, 2.87, '61ffc7'],
  ['Gd', 'Gadolinium', 157.25, 1.96, 2.83, '45ffc7'],
  ['Tb', 'Terbium', 158.92535, 1.94, 2.79, '30ffc7'],
  ['Dy', 'Dysprosium', 162.5, 1.92, 2.87, '1fffc7'],
  ['Ho', 'Holmium', 164.93033, 1.92, 2.81, '00ff9c'],
  ['Er', 'Erbium', 167.259, 1.89, 2.83, '00e675'],
  ['Tm', 'Thulium', 168.93422, 1.9, 2.79, '00d452'],
  ['Yb', 'Ytterbium', 173.054, 1.87, 2.8, '00bf38'],
  ['Lu', 'Lutetium', 174.9668, 1.87, 2.74, '00ab24'],
  ['Hf', 'Hafnium', 178.49, 1.75, 2.63, '4dc2ff'],
  ['Ta', 'Tantalum', 180.94788, 1.7, 2.53, '4da6ff'],
  ['W', 'Tungsten', 183.84, 1.62, 2.57, '2194d6'],
  ['Re', 'Rhenium', 186.207, 1.51, 2.49, '267dab'],
  ['Os', 'Osmium', 190.23, 1.44, 2.48, '266696'],
  ['Ir', 'Iridium', 192.217, 1.41, 2.41, '175487'],
  ['Pt', 'Platinum', 195.084, 1.36, 2.29, 'd0d0e0'],
  ['Au', 'Gold', 196.966569, 1.36, 2.32, 'ffd123'],
  ['Hg', 'Mercury', 200.592, 1.32, 2.45, 'b8b8d0'],
  ['Tl', 'Thallium', 204.38, 1.45, 1.96, 'a6544d'],
  ['Pb', 'Lead', 207.2, 1.46, 2.02, '575961'],
  ['Bi', 'Bismuth', 208.9804, 1.48, 2.07, '9e4fb5'],
  ['Po', 'Polonium', 208.98243, 1.4, 1.97, 'ab5c00'],
  ['At', 'Astatine', 209.98715, 1.5, 2.02, '754f45'],
  ['Rn', 'Radon', 222.01758, 1.5, 2.2, '428296'],
  ['Fr', 'Francium', 223.01974, 2.6, 3.48, '420066'],
  ['Ra', 'Radium', 226.02541, 2.21, 2.83, '007d00'],
  ['Ac', 'Actinium', 227.02775, 2.15, 2.8, '70abfa'],
  ['Th', 'Thorium', 232.0377, 2.06, 2.93, '00baff'],
  ['Pa', 'Protactinium', 231.03588, 2.0, 2.88, '00a1ff'],
  ['U', 'Uranium', 238.02891, 1.96, 2.71, '008fff'],
  ['Np', 'Neptunium', 237.04817, 1.9, 2.82, '0080ff'],
  ['Pu', 'Plutonium', 244.06421, 1.87, 2.81, '006bff'],
  ['Am', 'Americium', 243.06138, 1.8, 2.83, '545cf2'],
  ['Cm', 'Curium', 247.07035, 1.69, 3.05, '785ce3'],
  ['Bk', 'Berkelium', 247.07031, 1.69, 3.4, '8a4fe3'],
  ['Cf', 'Californium', 251.07959, 1.69, 3.05, 'a136d4'],
  ['Es', 'Einsteinium', 252.083, 1.69, 2.7, 'b31fd4'],
  ['Fm', 'Fermium', 257.09511, 1.69, 2, 'b31fba'],
  ['Md', 'Mendelevium', 258.09843, 1.69, 2, 'b30da6'],
  ['No', 'Nobelium', 259.101, 1.69, 2, 'bd0d87'],
  ['Lr', 'Lawrencium', 262.11, 1.69, 2, 'c70066'],
  ['Rf', 'Rutherfordium', 267.122, 1.69, 2, 'cc0059'],
  ['Db', 'Dubnium', 268.126, 1.69, 2, 'd1004f'],
  ['Sg', 'Seaborgium', 271.134, 1.69, 2, 'd90045'],
  ['Bh', 'Bohrium', 270.133, 1.69, 2, 'e00038'],
  ['Hs', 'Hassium', 269.1338, 1.69, 2, 'e6002e'],
  ['Mt', 'Meitnerium', 278.156, 1.69, 2, 'eb0026'],
  ['Ds', 'Darmstadtium', 281.165, 1.69, 2, 'eb0026'],
  ['Rg', 'Roentgenium', 281.166, 1.69, 2, 'eb0026'],
  ['Cn', 'Copernicium', 285.177, 1.69, 2, 'eb0026'],
  ['Nh', 'Nihonium', 286.182, 1.69, 2, 'eb0026'],
  ['Fl', 'Flerovium', 289.19, 1.69, 2, 'eb0026'],
  ['Mc', 'Moscovium', 289.194, 1.69, 2, 'eb0026'],
  ['Lv', 'Livermorium', 293.204, 1.69, 2, 'eb0026'],
  ['Ts', 'Tennessine', 293.208, 1.69, 2, 'eb0026'],
  ['Og', 'Oganesson', 294.214, 1.69, 2, 'eb0026'],
]

/** All elements in order: `elements[z - 1]` has atomic number z. */
export const elements: readonly Element[] = rows.map(
  ([symbol, name, mass, covalentRadius, vdwRadius, color], i) => ({
    atomicNumber: i + 1,
    symbol,
    name,
    mass,
    covalentRadius,
    vdwRadius,
    color: `#${color}`,
  }),
)

/** Isotope masses in u: Atomic Mass Evaluation 2020 (Wang et al., Chinese Phys. C 45, 030003, 2021). */
const isotopes: readonly (readonly [string, Species])[] = [
  ['d', { atomicNumber: 1, mass: 2.014101778 }],
  ['t', { atomicNumber: 1, mass: 3.016049281 }],
]

const speciesBySymbol: ReadonlyMap<string, Species> = new Map<string, Species>([
  ...elements.map(({ symbol, atomicNumber }): [string, Species] => [
    symbol.toLowerCase(),
    { atomicNumber, mass: null },
  ]),
  ...isotopes,
])

/**
 * The element of an atomic number.
 * @throws InputError if there is no such element.
 */
export const elementOf = (atomicNumber: number): Element => {
  const element = elements[atomicNumber - 1]
  if (!element) throw new InputError(`No element has atomic number ${atomicNumber}; they run from 1 to 118.`)
  return element
}

/** Symbol of an atomic number, for messages and files; `?` where there is no such element. */
export const symbolOf = (atomicNumber: number): string => elements[atomicNumber - 1]?.symbol ?? '?'

/**
 * What an element column means: a symbol in any case, D or T for heavy hydrogen, or an atomic number in digits.
 * Null if it is none of these.
 */
export const speciesOf = (text: string): Species | null => {
  const named = speciesBySymbol.get(text.toLowerCase())
  if (named) return named
  if (!/^\d{1,3}$/.test(text)) return null
  const atomicNumber = Number(text)
  return atomicNumber >= 1 && atomicNumber <= elements.length ? { atomicNumber, mass: null } : null
}
