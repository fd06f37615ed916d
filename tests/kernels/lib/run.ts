import { expect } from 'vitest'
import type { Gpu } from '../../../src/gpu/gpu.ts'
import { cover, type KernelOptions } from '../../../src/gpu/kernel.ts'

export const WORKGROUP = 64

/** What every element of a buffer holds that no kernel has written. */
export const UNTOUCHED = 12345

/** A buffer for results. */
export const blank = (floats: number): Float32Array => new Float32Array(floats).fill(UNTOUCHED)

/** Floats behind every result, which must stay as they are. */
const GUARD = 64

export const systemOf = (atoms: number, molecules = 1): Uint32Array => Uint32Array.of(atoms, molecules, 0, 0)

/**
 * Runs one kernel once and returns what it left in its outputs.
 * @param inputs what its read-only bindings hold
 * @param outputs what its read-write bindings hold before
 * @param threads invocations needed, of each block
 * @param blocks what workgroup_id.z tells apart
 */
export async function run<Outputs extends Record<string, Float32Array>>(
  gpu: Gpu,
  name: string,
  options: KernelOptions,
  inputs: Record<string, ArrayBufferView>,
  outputs: Outputs,
  threads: number,
  blocks = 1,
): Promise<Outputs> {
  const constants = { WORKGROUP, ...options.constants }
  const kernel = await gpu.kernel(name, { ...options, constants })
  const { UNIFORM, STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage
  const buffers = Object.fromEntries(
    Object.entries({ ...inputs, ...guarded(outputs) }).map(([binding, data]) => [
      binding,
      gpu.bufferFrom(binding, data, UNIFORM | STORAGE | COPY_SRC | COPY_DST),
    ]),
  )
  const [x, y] = cover(threads, constants.WORKGROUP)
  gpu.submit(name, [kernel.bind(buffers, [x, y, blocks])])
  const results: Record<string, Float32Array> = {}
  for (const [binding, before] of Object.entries(outputs)) {
    const after = new Float32Array(await gpu.read(buffers[binding]))
    expect(
      after.subarray(before.length, before.length + GUARD).every((x) => x === UNTOUCHED),
      `${name} writes past ${binding}`,
    ).toBe(true)
    results[binding] = after.subarray(0, before.length)
  }
  for (const buffer of Object.values(buffers)) buffer.destroy()
  return results as Outputs
}

const guarded = (outputs: Record<string, Float32Array>): Record<string, Float32Array> =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, data]) => {
      const longer = blank(data.length + GUARD)
      longer.set(data)
      return [name, longer]
    }),
  )
