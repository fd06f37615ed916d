/** Lines, fields and numbers of text files, and how messages quote them. */

import { InputError } from '../../errors.ts'

/** Characters that the engines of all browsers hold in one string. */
const LONGEST = 2 ** 29 - 25

/**
 * A whole file as text, without a byte-order mark.
 * @throws InputError for a file that is no text, or longer than a string may be.
 */
export const textOf = (bytes: Uint8Array, name: string): string => {
  if (bytes.length > LONGEST) {
    throw new InputError(
      `${name} has ${bytes.length} bytes, more than a text of atoms that is read as a whole may have (${LONGEST}); split it.`,
    )
  }
  if (bytes.subarray(0, 512).includes(0))
    throw new InputError(`${name} is not text in UTF-8; save it as such.`)
  return new TextDecoder().decode(bytes)
}

/** The lines of a text without their ends, which may be LF, CR LF or CR; empty ones at the end are left out. */
export const linesIn = (text: string): string[] => {
  const lines = text.split(/\r\n|\r|\n/)
  while (lines.length > 0 && lines[lines.length - 1].trim() === '') lines.pop()
  return lines
}

/** What stands between blanks. */
export const fieldsOf = (line: string): string[] => {
  const text = line.trim()
  return text === '' ? [] : text.split(/\s+/)
}

/** How a message quotes a line or a part of one. */
export const excerpt = (line: string | undefined): string => {
  const text = (line ?? '').trim()
  if (text === '') return 'an empty line'
  return `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`
}

/** A finite number as programs write it, Fortran's exponent D too; null for anything else. */
export const numberOf = (text: string | undefined): number | null => {
  const plain = text?.trim() ?? ''
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?$/.test(plain)) return null
  const value = Number(plain.replace(/[dD]/, 'e'))
  return Number.isFinite(value) ? value : null
}

/** A whole number, perhaps with a sign; null for anything else. */
export const integerOf = (text: string | undefined): number | null => {
  const plain = text?.trim() ?? ''
  return /^[+-]?\d{1,15}$/.test(plain) ? Number(plain) : null
}
