import { InputError } from '../../errors.ts'
import type { Gpu } from '../../gpu/gpu.ts'
import type { AtomBuffers } from '../../neighbors/atom-buffers.ts'

/**
 * How many slices of an atom's edges are worked on at the same time. A function of the number of atoms alone, so that a
 * run has the same bits whatever its list grew to.
 * @param width4 lanes of one slice
 */
export function slicesOf(gpu: Gpu, width4: number, atoms: number): number {
  const { maxComputeInvocationsPerWorkgroup, maxComputeWorkgroupStorageSize } = gpu.device.limits
  // shaders/et/row.wgsl: three vec4s a lane, and parts of sums
  const room = Math.floor((maxComputeWorkgroupStorageSize - 384) / 48)
  const most = Math.min(maxComputeInvocationsPerWorkgroup, room)
  if (width4 > most)
    throw new InputError(
      `This model has ${4 * width4} channels and the adapter has room for ${4 * most}: use a model with fewer.`,
    )
  return Math.max(1, Math.floor(Math.min(most, gpu.tuningFor(atoms).edgeLanes) / width4))
}

/** Whether so many lanes that belong together may be summed by halves within a subgroup. */
export async function fitsSubgroup({ gpu, atoms }: AtomBuffers, lanes: number): Promise<boolean> {
  if (!gpu.tuningFor(atoms).subgroups || !Number.isInteger(Math.log2(lanes))) return false
  return lanes <= (await gpu.lanesInARow())
}
