/** Which atoms a selection means. */

import { type Partners, partnersOf } from '../bonds.ts'
import { symbolOf } from '../elements.ts'
import { makeGrid } from '../grid.ts'
import { type Molecules, moleculesOf } from '../molecules.ts'
import { type AtomLabels, atomCount, type Structure } from '../structure.ts'
import { isProtein, waters } from './classes.ts'
import type { Class, Comparison, Expression, Grouping, NumberKey, TextKey } from './expression.ts'
import { complaint } from './tokens.ts'
import { namedValue } from './values.ts'

/** A structure with what selections ask of it, computed when first asked for. */
export interface Subject {
  readonly structure: Structure
  readonly partners: () => Partners
  readonly molecules: () => Molecules
}

/** Keep it for as long as the structure stays the same: bonds are then found once. */
export const subjectOf = (structure: Structure): Subject => {
  let partners: Partners | null = null
  let molecules: Molecules | null = null
  const bonded = () => {
    partners ??= partnersOf(structure)
    return partners
  }
  return {
    structure,
    partners: bonded,
    molecules: () => {
      molecules ??= moleculesOf(bonded(), atomCount(structure))
      return molecules
    },
  }
}

/**
 * @returns [atoms] 1 where an atom is meant, 0 elsewhere
 * @throws InputError for names, residues, chains and values that the structure does not have
 */
export const evaluate = (expression: Expression, subject: Subject): Uint8Array => {
  const count = atomCount(subject.structure)
  const each = (test: (atom: number) => boolean) => Uint8Array.from({ length: count }, (_, i) => +test(i))
  switch (expression.op) {
    case 'and':
    case 'or': {
      const left = evaluate(expression.left, subject)
      const right = evaluate(expression.right, subject)
      return expression.op === 'and'
        ? left.map((bit, i) => bit & right[i])
        : left.map((bit, i) => bit | right[i])
    }
    case 'not':
      return evaluate(expression.of, subject).map((bit) => 1 - bit)
    case 'bonded': {
      const near = evaluate(expression.of, subject)
      const partners = subject.partners()
      return each((atom) => partners(atom).some((other) => near[other] === 1))
    }
    case 'within':
      return within(expression.distance, evaluate(expression.of, subject), subject.structure)
    case 'same': {
      const key = groupOf(expression.key, subject, expression.column)
      const mask = evaluate(expression.of, subject)
      const wanted = new Set<string | number>()
      mask.forEach((bit, atom) => {
        if (bit) wanted.add(key(atom))
      })
      return each((atom) => wanted.has(key(atom)))
    }
    case 'class':
      return each(classOf(expression.of, subject, expression.column))
    case 'text': {
      const text = textOf(expression.key, subject.structure, expression.column)
      const matches = expression.words.map((word) => patternOf(word, expression.key))
      return each((atom) => matches.some((match) => match.test(text(atom))))
    }
    case 'number': {
      const number = numberOf(expression.key, subject, expression.column)
      return each((atom) => {
        const n = number(atom)
        return expression.ranges.some(([from, to]) => n >= from && n <= to)
      })
    }
    case 'compare': {
      const value = namedValue(expression.value, subject, expression.column)
      const compare = comparing[expression.by]
      return each((atom) => compare(value(atom), expression.to))
    }
  }
}

const comparing: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
}

/** Atoms no farther from a chosen one than a distance in Å, the chosen ones among them. */
const within = (distance: number, chosen: Uint8Array, structure: Structure): Uint8Array => {
  const { positions, cell, periodic } = structure
  const mask = chosen.slice()
  if (distance === 0 || !chosen.includes(1)) return mask
  const place = (atom: number) =>
    [positions[3 * atom], positions[3 * atom + 1], positions[3 * atom + 2]] as const
  const grid = makeGrid(cell, periodic, distance, chosen.length)
  chosen.forEach((bit, atom) => {
    if (bit) grid.add(atom, ...place(atom))
  })
  for (let atom = 0; atom < chosen.length; atom++) {
    if (mask[atom]) continue
    grid.near(...place(atom), () => {
      mask[atom] = 1
      return true
    })
  }
  return mask
}

const labelsOf = (structure: Structure, column: number, what: string): AtomLabels => {
  if (structure.labels) return structure.labels
  throw complaint(column, `these atoms have no ${what}; load a file that has them, a PDB for instance`)
}

const textOf = (key: TextKey, structure: Structure, column: number): ((atom: number) => string) => {
  if (key === 'element') return (atom) => symbolOf(structure.atomicNumbers[atom])
  const what = { name: 'names', resname: 'residues', chain: 'chains' }[key]
  const labels = labelsOf(structure, column, what)
  const texts = { name: labels.atom, resname: labels.residue, chain: labels.chain }[key]
  return (atom) => texts[atom]
}

const numberOf = (key: NumberKey, subject: Subject, column: number): ((atom: number) => number) => {
  if (key === 'index') return (atom) => atom
  if (key === 'serial') return (atom) => atom + 1
  if (key === 'resid') {
    const { residueNumber } = labelsOf(subject.structure, column, 'residues')
    return (atom) => residueNumber[atom]
  }
  const { of } = subject.molecules()
  return (atom) => of[atom]
}

const groupOf = (key: Grouping, subject: Subject, column: number): ((atom: number) => string | number) => {
  if (key === 'molecule') return numberOf('molecule', subject, column)
  if (key !== 'residue') return textOf(key, subject.structure, column)
  const { chain, residueNumber, residue } = labelsOf(subject.structure, column, 'residues')
  return (atom) => `${chain[atom]}\0${residueNumber[atom]}\0${residue[atom]}`
}

const classOf = (name: Class, subject: Subject, column: number): ((atom: number) => boolean) => {
  const { structure } = subject
  if (name === 'all' || name === 'none') return () => name === 'all'
  if (name === 'hydrogen') return (atom) => structure.atomicNumbers[atom] === 1
  if (name === 'water') {
    const water = waters(structure, subject.molecules())
    return (atom) => water[atom] === 1
  }
  const { residue, atom: names } = labelsOf(structure, column, 'residues')
  const ofBackbone = new Set(['N', 'CA', 'C', 'O', 'OXT'])
  return (atom) => isProtein(residue[atom]) && (name === 'protein' || ofBackbone.has(names[atom]))
}

/** Names match in any case, as people type them; chains exactly, because large files have both a and A. */
const patternOf = (word: string, key: TextKey): RegExp => {
  const source = word
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, key === 'chain' ? 's' : 'is')
}
