/**
 * Which signs of the Wigner 3j symbols a network was trained with. SPEC sections 4 and 13.
 *
 * e3nn changed them with 0.5.0, and no file tells the version; but every tensor product keeps its symbols in the file.
 */
import { InputError } from '../../errors.ts'
import { MAX_DEGREE } from '../irreps/irrep.ts'
import { type Degrees, isTriangle, type SignConvention, wigner3j } from '../irreps/wigner-3j.ts'
import type { StoredTensors } from './stored-tensors.ts'

const conventions: readonly SignConvention[] = ['e3nn 0.4', 'e3nn 0.5']

/** Elements are float32 of size 1 at most, and those of both conventions differ by more than 10⁻². */
const TOLERANCE = 1e-5

/** Of `<tensor product>._compiled_main_left_right._w3j_1_2_2` its degrees, or null for other tensors. */
export function wigner3jDegrees(name: string): Degrees | null {
  const match = /\._w3j_(\d+)_(\d+)_(\d+)$/.exec(name)
  return match && [Number(match[1]), Number(match[2]), Number(match[3])]
}

function agrees(values: Float64Array, degrees: Degrees, convention: SignConvention): boolean {
  const rest = values.slice()
  const { i, j, k, value } = wigner3j(degrees, convention)
  value.forEach((c, n) => {
    rest[(i[n] * (2 * degrees[1] + 1) + j[n]) * (2 * degrees[2] + 1) + k[n]] -= c
  })
  return rest.every((difference) => Math.abs(difference) < TOLERANCE)
}

/**
 * The convention of all stored symbols; e3nn 0.4's where they do not tell, because then none is used whose sign differs.
 * @throws InputError for a tensor that is no such symbol, and for a file that mixes conventions.
 */
export function readSignConvention(tensors: StoredTensors): SignConvention {
  const told = new Map<SignConvention, string>()
  for (const name of tensors.names) {
    const degrees = wigner3jDegrees(name)
    if (degrees === null) continue
    if (!isTriangle(degrees) || Math.max(...degrees) > MAX_DEGREE) {
      throw new InputError(
        `${tensors.source}: the tensor ${name} is for degrees that are not supported; degrees go up to ${MAX_DEGREE} and have to add up.`,
      )
    }
    const values = tensors.peek(name)
    const complete = values.length === degrees.reduce((size, l) => size * (2 * l + 1), 1)
    const fitting = conventions.filter((convention) => complete && agrees(values, degrees, convention))
    if (fitting.length === 0) {
      throw new InputError(
        `${tensors.source}: the tensor ${name} is no Wigner 3j symbol in the signs of any known version of e3nn; the file is damaged or its basis is another one.`,
      )
    }
    if (fitting.length === 1) told.set(fitting[0], name)
  }
  if (told.size > 1) {
    throw new InputError(
      `${tensors.source}: ${told.get('e3nn 0.4')} has the signs of e3nn 0.4 but ${told.get('e3nn 0.5')} those of later versions; save the model with one version.`,
    )
  }
  return [...told.keys()][0] ?? 'e3nn 0.4'
}
