import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { GoldenCase } from '../../../src/cli/golden/case.ts'
import type { Tensor } from '../../../src/formats/checkpoint.ts'
import { readCheckpoint } from '../../../src/formats/read-checkpoint.ts'

/** Upstream's tensors inside the network by name, or null if the case carries none. */
export async function intermediatesOf(golden: GoldenCase): Promise<ReadonlyMap<string, Tensor> | null> {
  const file = join(golden.path, 'intermediates.safetensors')
  if (!existsSync(file)) return null
  return (await readCheckpoint(new Uint8Array(await readFile(file)), 'intermediates.safetensors')).tensors
}
