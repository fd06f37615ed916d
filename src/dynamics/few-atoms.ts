import type { Gpu } from '../gpu/gpu.ts'
import { xyzOf } from './readback.ts'
import type { LiveSimulation } from './types.ts'

/** Bytes of an atom's position. */
const STRIDE = 16

/**
 * Where a few atoms are after the last step submitted: sixteen bytes each come back, however many atoms there are.
 * @param atoms counted from 0
 * @returns [atoms asked for × 3] Å
 */
export async function positionsOf(
  gpu: Gpu,
  { positionBuffer, origin }: Pick<LiveSimulation, 'positionBuffer' | 'origin'>,
  atoms: readonly number[],
): Promise<Float64Array> {
  if (atoms.length === 0) return new Float64Array()
  const few = gpu.buffer('a few positions', STRIDE * atoms.length)
  try {
    gpu.copyParts(
      'a few positions',
      atoms.map((atom, k) => ({
        ...{ from: positionBuffer, fromOffset: STRIDE * atom, to: few, toOffset: STRIDE * k, size: STRIDE },
      })),
    )
    return xyzOf(await gpu.read(few), origin).subarray(0, 3 * atoms.length)
  } finally {
    few.destroy()
  }
}
