/** What a dropped file is, told from its first bytes and only then from its name. */

import { isGzip } from './gzip.ts'
import { isSafetensors } from './safetensors.ts'
import { isLegacyTorch } from './torch.ts'
import { isZip } from './zip.ts'

export type FileKind = 'structure' | 'checkpoint' | 'unknown'

/** What the first line of a .pdb file begins with. */
export const PDB_RECORD = /^(HEADER|TITLE|COMPND|AUTHOR|REMARK|CRYST1|MODEL|ATOM|HETATM)(\s|$)/

/** Bytes of a text that are looked at. */
const GLANCE = 512

/** The beginning of a file as text, or null if it is not text. */
const textStart = (bytes: Uint8Array): string | null => {
  const start = bytes.subarray(0, GLANCE)
  if (start.some((byte) => byte < 9 || (byte > 13 && byte < 32))) return null
  // Not fatal: the glance may end inside a character.
  return new TextDecoder().decode(start)
}

/**
 * Structure file, checkpoint, or neither. The names decide only where the content does not, so that the reader of
 * that kind can say what is wrong with it.
 */
export const sniff = (bytes: Uint8Array, name: string): FileKind => {
  if (isGzip(bytes) || isZip(bytes) || isLegacyTorch(bytes) || isSafetensors(bytes)) return 'checkpoint'
  const text = textStart(bytes)
  if (text !== null && /^\s*\d+[ \t]*(\r\n|\r|\n)/.test(text)) return 'structure'
  if (text !== null && PDB_RECORD.test(text)) return 'structure'
  if (/\.((ext)?xyz|pdb|ent)$/i.test(name)) return 'structure'
  return /\.(ckpt|pt|pth|pth\.tar|safetensors)(\.gz)?$/i.test(name) ? 'checkpoint' : 'unknown'
}

const signatures: readonly (readonly [text: string, is: string])[] = [
  ['\x89PNG', 'is a PNG picture'],
  ['\xff\xd8\xff', 'is a JPEG picture'],
  ['%PDF', 'is a PDF document'],
  ['\x89HDF', 'is an HDF5 file'],
  ['PK', 'is a zip archive that is empty or cut short'],
  ['version https://git-lfs', 'is a Git LFS pointer (run git lfs pull to get the file itself)'],
]

/** How a file that nobody expected looks: a phrase that follows its name. */
export const describeContent = (bytes: Uint8Array): string => {
  if (bytes.length === 0) return 'is empty'
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 64))
  const found = signatures.find(([signature]) => start.startsWith(signature))
  if (found) return found[1]
  if (bytes[0] === 0x80 && bytes[1] <= 5) return 'is a pickle that torch.save did not write'
  const text = textStart(bytes)?.trim()
  if (text === undefined) return 'holds other data, or is damaged'
  if (/^<(!doctype|html)/i.test(text))
    return 'is a web page (was a download link opened instead of the file?)'
  return `begins as text, "${text.slice(0, 30).replace(/\s+/g, ' ')}"`
}
