/** The chains of atoms that a tube through polymers and peptides follows. */

import type { Partners } from './bonds.ts'
import { ringsIn } from './rings.ts'
import { atomCount, type Structure } from './structure.ts'

/** A chain of atoms, from end to end. */
export interface Backbone {
  readonly atoms: Uint32Array
  /** True for a peptide: alpha carbons, between the first nitrogen and the last carbonyl carbon. */
  readonly peptide: boolean
}

/** Residues from which on a peptide is drawn by its alpha carbons; in shorter ones they say little of the way. */
const LEAST_RESIDUES = 3
/** Atoms outside rings from which on a chain is a backbone. */
const LEAST_ATOMS = 6

/**
 * Backbones of all molecules: of peptides by their alpha carbons, of others by the longest chain of heavy atoms. Rings on
 * its way are passed on their shorter side, and rings at its ends are left out: they hang from it.
 */
export function backbonesOf(structure: Structure, partners: Partners): readonly Backbone[] {
  const peptides = peptidesOf(structure, partners)
  const inPeptide = reachedFrom(
    peptides.map(({ atoms }) => atoms[0]),
    partners,
    atomCount(structure),
  )
  return [...peptides, ...chainsOf(structure, partners, (atom) => inPeptide[atom] === 1)]
}

/** What an alpha carbon is bonded to: N–Cα–C(=O)–N′. */
interface Residue {
  readonly nitrogen: number
  readonly alpha: number
  readonly carbonyl: number
}

function peptidesOf({ atomicNumbers }: Structure, partners: Partners): Backbone[] {
  const is = (atom: number, z: number) => atomicNumbers[atom] === z
  const those = (atom: number, z: number) => [...partners(atom)].filter((other) => is(other, z))
  const isCarbonyl = (atom: number) =>
    is(atom, 6) && those(atom, 8).some((oxygen) => partners(oxygen).length === 1)
  const residues: Residue[] = []
  atomicNumbers.forEach((z, alpha) => {
    if (z !== 6 || isCarbonyl(alpha)) return
    const [nitrogen, ...nitrogens] = those(alpha, 7)
    const [carbonyl, ...carbonyls] = those(alpha, 6).filter(isCarbonyl)
    if (nitrogen === undefined || carbonyl === undefined || nitrogens.length + carbonyls.length > 0) return
    residues.push({ nitrogen, alpha, carbonyl })
  })
  const byNitrogen = new Map(residues.map((residue) => [residue.nitrogen, residue]))
  const after = new Map<Residue, Residue>()
  for (const residue of residues) {
    const next = those(residue.carbonyl, 7).flatMap((nitrogen) => byNitrogen.get(nitrogen) ?? [])
    if (next.length === 1 && next[0] !== residue) after.set(residue, next[0])
  }
  const followers = new Set(after.values())
  const peptides: Backbone[] = []
  for (const first of residues) {
    if (followers.has(first)) continue
    const chain: Residue[] = []
    for (let residue: Residue | undefined = first; residue; residue = after.get(residue)) chain.push(residue)
    if (chain.length < LEAST_RESIDUES) continue
    const alphas = chain.map(({ alpha }) => alpha)
    peptides.push({
      atoms: Uint32Array.from([first.nitrogen, ...alphas, chain[chain.length - 1].carbonyl]),
      peptide: true,
    })
  }
  return peptides
}

/** [atoms] 1 for those that bonds lead to. */
function reachedFrom(firsts: readonly number[], partners: Partners, atoms: number): Uint8Array {
  const reached = new Uint8Array(atoms)
  const waiting = [...firsts]
  for (let atom = waiting.pop(); atom !== undefined; atom = waiting.pop()) {
    if (reached[atom]) continue
    reached[atom] = 1
    waiting.push(...partners(atom))
  }
  return reached
}

/** The longest chain of each molecule's heavy atoms. */
function chainsOf(
  { atomicNumbers }: Structure,
  partners: Partners,
  isTaken: (atom: number) => boolean,
): Backbone[] {
  const atoms = atomicNumbers.length
  const heavy = (atom: number) => [...partners(atom)].filter((other) => atomicNumbers[other] !== 1)
  const rings = ringsIn(heavy, atoms)
  /** Bonds out of a ring system, which tell one on the way from one that hangs. */
  const doors = new Map<number, number>()
  for (let atom = 0; atom < atoms; atom++) {
    const ring = rings[atom]
    if (ring === 0 || atomicNumbers[atom] === 1) continue
    doors.set(ring, (doors.get(ring) ?? 0) + heavy(atom).filter((other) => rings[other] !== ring).length)
  }
  /** A ring counts once, by whichever atom it is entered; what can only be an end, and is no carbon, is a substituent. */
  const weight = (atom: number, from: number) => {
    const ring = rings[atom]
    if (ring === 0) return atomicNumbers[atom] === 6 || heavy(atom).length > 1 ? 1 : 0
    return (doors.get(ring) ?? 0) < 2 || (from >= 0 && rings[from] === ring) ? 0 : 1
  }
  const seen = new Uint8Array(atoms)
  const chains: Backbone[] = []
  for (let first = 0; first < atoms; first++) {
    if (seen[first] || atomicNumbers[first] === 1) continue
    const there = furthest(first, heavy, weight, (atom) => {
      seen[atom] = 1
    })
    if (isTaken(first)) continue
    const { path, length } = furthest(there.path[there.path.length - 1], heavy, weight, () => {})
    const inner = withoutHanging(path, rings)
    if (length >= LEAST_ATOMS) chains.push({ atoms: Uint32Array.from(inner), peptide: false })
  }
  return chains
}

/** The way from an atom to the one that is furthest from it; the shorter one through rings. */
function furthest(
  first: number,
  heavy: (atom: number) => readonly number[],
  weight: (atom: number, from: number) => number,
  meet: (atom: number) => void,
): { readonly path: readonly number[]; readonly length: number } {
  const from = new Map<number, number>([[first, -1]])
  const lengths = new Map<number, number>([[first, weight(first, -1)]])
  let end = first
  let waiting = [first]
  // Ring by ring, so that an atom in a ring is reached on the shorter side.
  while (waiting.length > 0) {
    const next: number[] = []
    for (const atom of waiting) {
      meet(atom)
      if (lengths.get(atom)! > lengths.get(end)!) end = atom
      for (const other of heavy(atom)) {
        if (from.has(other)) continue
        from.set(other, atom)
        lengths.set(other, lengths.get(atom)! + weight(other, atom))
        next.push(other)
      }
    }
    waiting = next
  }
  const path: number[] = []
  for (let atom = end; atom >= 0; atom = from.get(atom)!) path.push(atom)
  return { path: path.reverse(), length: lengths.get(end)! }
}

/** A chain without the ring atoms at its ends. */
function withoutHanging(path: readonly number[], rings: Uint32Array): readonly number[] {
  let [start, end] = [0, path.length]
  while (start < end && rings[path[start]] !== 0) start++
  while (end > start && rings[path[end - 1]] !== 0) end--
  return path.slice(start, end)
}
