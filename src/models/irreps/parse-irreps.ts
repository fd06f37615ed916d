/** Irreps out of e3nn's notation. */
import { InputError } from '../../errors.ts'
import { MAX_DEGREE, type Parity } from './irrep.ts'
import { type Irreps, irrepsOf, type UnplacedBlock } from './irreps.ts'

/** Multiplicity (1 if left out), degree, parity; `y` is the parity of the spherical harmonics, (−1)^l. */
const blockPattern = /^(?:(\d+)\s*x\s*)?(\d+)\s*([eoy])$/

/** More in one block is a slip of the keyboard or a damaged file: published networks have at most 768. */
const MOST_CHANNELS = 65_536

/** What a message shows of a text that may be anything. */
const shown = (text: string): string => `"${text.length > 60 ? `${text.slice(0, 57)}...` : text}"`

const parityOf = (letter: string, degree: number): Parity => {
  if (letter === 'y') return degree % 2 === 0 ? 1 : -1
  return letter === 'e' ? 1 : -1
}

function parseBlock(text: string, whole: string): UnplacedBlock {
  const match = blockPattern.exec(text.trim())
  if (!match) {
    throw new InputError(
      `Irreps ${shown(whole)}: ${shown(text.trim())} is no block; write multiplicity x degree and parity (e or o), such as 64x1o, joined by +.`,
    )
  }
  const multiplicity = Number(match[1] ?? 1)
  const degree = Number(match[2])
  if (degree > MAX_DEGREE) {
    throw new InputError(
      `Irreps ${shown(whole)}: the degree of ${shown(text.trim())} is above ${MAX_DEGREE}, the highest that is supported; leave that block out.`,
    )
  }
  if (multiplicity > MOST_CHANNELS) {
    throw new InputError(
      `Irreps ${shown(whole)}: ${shown(text.trim())} has more than ${MOST_CHANNELS} channels; correct its multiplicity.`,
    )
  }
  return { multiplicity, degree, parity: parityOf(match[3], degree) }
}

/**
 * Reads `128x0e+64x1e+32x2e`. Blanks are allowed, a multiplicity of one may be left out, the empty text has no block.
 * @throws InputError naming the block that cannot be read, is above degree MAX_DEGREE or has too many channels.
 */
export const parseIrreps = (text: string): Irreps =>
  irrepsOf(text.trim() === '' ? [] : text.split('+').map((block) => parseBlock(block, text)))
