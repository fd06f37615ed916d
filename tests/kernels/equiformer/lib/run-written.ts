/** Runs a kernel that was written for some irreps. */
import type { Gpu } from '../../../../src/gpu/gpu.ts'
import { type BlockKernelSource, range } from '../../../../src/models/equiformer/kernel-text.ts'
import { run, systemOf } from '../../lib/run.ts'

/**
 * @param items edges or atoms, as the kernel's lanes are counted
 * @param inputs beside `system`
 */
export function runWritten<Outputs extends Record<string, Float32Array>>(
  gpu: Gpu,
  label: string,
  { source, blocks, lanes }: BlockKernelSource,
  atoms: number,
  items: number,
  inputs: Record<string, ArrayBufferView>,
  outputs: Outputs,
  constants: Record<string, number> = {},
): Promise<Outputs> {
  const name = `written/${label}`
  const all = range(blocks)
  return run(
    gpu,
    name,
    { constants, modules: { [name]: source(all) } },
    { system: systemOf(atoms), ...inputs },
    outputs,
    Math.max(...all.map((block) => lanes(block, items))),
    blocks,
  )
}
