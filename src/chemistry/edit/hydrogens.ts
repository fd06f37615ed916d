/** Hydrogens that a structure lacks, by valence and geometry: files of crystals and proteins often have none. */

import { type Partners, partnersOf } from '../bonds.ts'
import { cross, dot, type Vector } from '../cell.ts'
import { elementOf } from '../elements.ts'
import { minimumImage } from '../minimum-image.ts'
import { type AtomLabels, atomCount, type Structure } from '../structure.ts'
import { mergeStructures } from './per-atom.ts'
import { lackOf, type Shape } from './valence.ts'

/** Å: C–H, N–H, O–H, S–H of methane, ammonia, water and hydrogen sulfide. */
const LENGTHS: ReadonlyMap<number, number> = new Map([
  [6, 1.09],
  [7, 1.01],
  [8, 0.96],
  [16, 1.34],
])
/** They make double bonds: B, C, N, O, Si, P, S, Se. */
const MULTIPLE = new Set([5, 6, 7, 8, 14, 15, 16, 34])
const TETRAHEDRAL = Math.acos(-1 / 3)

/**
 * The structure with hydrogens on atoms that lack them, after all others, near where they belong: relax them. Charged groups
 * come out neutral, a histidine ring with a hydrogen on both nitrogens if its bonds do not tell which.
 * @param atoms the only ones to be looked at, counted from 0; by default all
 */
export const addHydrogens = (structure: Structure, atoms?: Iterable<number>): Structure => {
  const partners = partnersOf(structure)
  const { atomicNumbers, positions } = structure
  /** Places in Å of an atom's new hydrogens. */
  const added = new Map<number, Vector[]>()
  const between = directions(structure)
  const around = (atom: number): Vector[] => {
    const here = placeOf(positions, atom)
    const old = Array.from(partners(atom), (other) => between(atom, other))
    return [...old, ...(added.get(atom) ?? []).map((place) => sum(place, here, -1))].map(unit)
  }
  for (const atom of atoms ?? atomicNumbers.keys()) {
    const z = atomicNumbers[atom]
    const { hydrogens, shape } = lackOf(
      z,
      partners(atom).length,
      ratiosOf(structure, partners, atom, between),
    )
    if (hydrogens === 0) continue
    const known = around(atom)
    const only = partners(atom).length === 1 ? partners(atom)[0] : null
    const beyond = only === null ? [] : around(only).filter((u) => Math.abs(dot(u, known[0])) < 0.99)
    const length = LENGTHS.get(z) ?? elementOf(z).covalentRadius + elementOf(1).covalentRadius
    const here = placeOf(positions, atom)
    const free = directionsFor(shape, known, beyond).slice(0, hydrogens)
    added.set(
      atom,
      free.map((u) => sum(here, u, length)),
    )
  }
  return withHydrogens(structure, added)
}

const placeOf = (positions: Float64Array, atom: number): Vector => [
  positions[3 * atom],
  positions[3 * atom + 1],
  positions[3 * atom + 2],
]
const sum = (u: Vector, v: Vector, times = 1): Vector => [
  u[0] + times * v[0],
  u[1] + times * v[1],
  u[2] + times * v[2],
]
const unit = (u: Vector): Vector => sum([0, 0, 0], u, 1 / Math.hypot(...u))

/** Vectors in Å from atom to atom, by the nearest image. */
const directions = ({ positions, cell, periodic }: Structure) => {
  const nearest = minimumImage(cell, periodic)
  return (from: number, to: number): Vector => {
    const d: [number, number, number] = [0, 0, 0]
    nearest(...sum(placeOf(positions, to), placeOf(positions, from), -1), d)
    return d
  }
}

const ratiosOf = (
  { atomicNumbers }: Structure,
  partners: Partners,
  atom: number,
  between: (from: number, to: number) => Vector,
): number[] =>
  Array.from(partners(atom))
    .filter((other) => MULTIPLE.has(atomicNumbers[other]))
    .map((other) => {
      const radii = [atom, other].map((a) => elementOf(atomicNumbers[a]).covalentRadius)
      return Math.hypot(...between(atom, other)) / (radii[0] + radii[1])
    })

/** A unit vector normal to another. */
const normalTo = (u: Vector): Vector => {
  const least = u.map(Math.abs).indexOf(Math.min(...u.map(Math.abs)))
  return unit(cross(u, [+(least === 0), +(least === 1), +(least === 2)]))
}

/**
 * Directions that an atom's bonds leave free, the best first.
 * @param known unit vectors of its bonds
 * @param beyond those of its only neighbour's other bonds: hydrogens are staggered to them, or lie in their plane
 */
const directionsFor = (shape: Shape, known: readonly Vector[], beyond: readonly Vector[]): Vector[] => {
  if (known.length === 0) {
    const up: Vector = [0, 0, 1]
    return [up, ...directionsFor(shape, [up], [])]
  }
  const away = known.reduce((total, u) => sum(total, u, -1), [0, 0, 0] as Vector)
  const flat = Math.hypot(...away) < 0.2
  if (known.length === 1) {
    if (shape === 'linear') return [unit(away)]
    return around(known[0], beyond[0], shape)
  }
  if (known.length === 2 && shape === 'tetrahedral') {
    const normal = flat ? normalTo(known[0]) : unit(cross(known[0], known[1]))
    const middle = flat ? unit(cross(normal, known[0])) : unit(away)
    const side = (sign: number) =>
      sum(sum([0, 0, 0], middle, Math.cos(TETRAHEDRAL / 2)), normal, sign * Math.sin(TETRAHEDRAL / 2))
    return [side(1), side(-1)]
  }
  return [flat ? unit(cross(known[0], known[1])) : unit(away)]
}

/** Directions about a single bond u: three, staggered to a bond beyond it, or two in its plane. */
const around = (u: Vector, beyond: Vector | undefined, shape: Shape): Vector[] => {
  const across = beyond ? sum(beyond, u, -dot(beyond, u)) : normalTo(u)
  const e = unit(across)
  const f = cross(u, e)
  const angle = shape === 'tetrahedral' ? TETRAHEDRAL : (2 * Math.PI) / 3
  const turns = shape === 'tetrahedral' ? [Math.PI, Math.PI / 3, -Math.PI / 3] : [Math.PI, 0]
  return turns.map((turn) => {
    const radial = sum(sum([0, 0, 0], e, Math.cos(turn)), f, Math.sin(turn))
    return sum(sum([0, 0, 0], u, Math.cos(angle)), radial, Math.sin(angle))
  })
}

const withHydrogens = (structure: Structure, added: ReadonlyMap<number, readonly Vector[]>): Structure => {
  const parents = [...added].flatMap(([atom, places]) => places.map(() => atom))
  if (parents.length === 0) return structure
  const merged = mergeStructures(structure, {
    name: 'Hydrogens',
    atomicNumbers: new Uint8Array(parents.length).fill(1),
    positions: Float64Array.from([...added.values()].flat(2)),
    cell: null,
    periodic: [false, false, false],
  })
  const { labels } = structure
  return labels ? { ...merged, labels: withNames(labels, parents, atomCount(structure)) } : merged
}

/** Hydrogens belong to their parents' residues and are named H, H2, H3 … there. */
const withNames = (labels: AtomLabels, parents: readonly number[], atoms: number): AtomLabels => {
  const residueOf = (atom: number) => `${labels.chain[atom]}\0${labels.residueNumber[atom]}\0`
  const taken = new Set(Array.from({ length: atoms }, (_, i) => residueOf(i) + labels.atom[i]))
  const names = parents.map((parent) => {
    let name = 'H'
    for (let n = 2; taken.has(residueOf(parent) + name); n++) name = `H${n}`
    taken.add(residueOf(parent) + name)
    return name
  })
  return {
    atom: [...labels.atom, ...names],
    residue: [...labels.residue, ...parents.map((i) => labels.residue[i])],
    residueNumber: Int32Array.from([...labels.residueNumber, ...parents.map((i) => labels.residueNumber[i])]),
    chain: [...labels.chain, ...parents.map((i) => labels.chain[i])],
  }
}
