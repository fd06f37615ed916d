/** What a dropped file is, told from its first bytes and only then from its name. */

import { type FileFormat, fileFormat, formatNamed, safetensors, torchCheckpoint } from './file-formats.ts'
import { isSafetensors } from './safetensors.ts'
import { structureFormatLike } from './structures/registry.ts'
import { isLegacyTorch } from './torch.ts'
import { isDcd, isXtc } from './trajectory/signatures.ts'
import { isZip } from './zip.ts'

/** Bytes of a text that are looked at. */
const GLANCE = 4096

/** The beginning of a file as text, or null if it is not text. */
const textStart = (bytes: Uint8Array): string | null => {
  const start = bytes.subarray(0, GLANCE)
  if (start.some((byte) => byte < 9 || (byte > 13 && byte < 32))) return null
  // Not fatal: the glance may end inside a character.
  return new TextDecoder().decode(start)
}

/**
 * The format of a file, or null if it is none that Tumble knows. The name decides only where the content does not, so
 * that the reader of that format can say what is wrong with it.
 * @param bytes unpacked, if the file was gzipped.
 */
export const sniff = (bytes: Uint8Array, name: string): FileFormat | null => {
  if (isZip(bytes) || isLegacyTorch(bytes)) return torchCheckpoint
  if (isSafetensors(bytes)) return safetensors
  if (isDcd(bytes)) return fileFormat('dcd')
  if (isXtc(bytes)) return fileFormat('xtc')
  const text = textStart(bytes)
  const like = text === null ? null : structureFormatLike(text)
  const named = formatNamed(name)
  // A number alone begins .xyz files, and may be the title of .mol and .gro files.
  if (like?.id === 'xyz' && (named?.id === 'mol' || named?.id === 'gro')) return named
  return like ? fileFormat(like.id) : named
}

const signatures: readonly (readonly [text: string, is: string])[] = [
  ['\x89PNG', 'is a PNG picture'],
  ['\xff\xd8\xff', 'is a JPEG picture'],
  ['%PDF', 'is a PDF document'],
  ['\x89HDF', 'is an HDF5 file'],
  ['\0\0\x07\xc9', 'is a GROMACS .trr file (gmx trjconv makes an .xtc of it)'],
  ['\x1f\x8b', 'is a gzip file within a gzip file'],
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
