/** One door for all checkpoint files: what a file is, its content tells, not its name. */

import { InputError } from '../errors.ts'
import type { Checkpoint } from './checkpoint.ts'
import { unpacked } from './gzip.ts'
import { isSafetensors, readSafetensors } from './safetensors.ts'
import { describeContent } from './sniff.ts'
import { isLegacyTorch, readTorchCheckpoint } from './torch.ts'
import { isZip } from './zip.ts'

/**
 * A checkpoint out of a PyTorch (.ckpt, .pt, .pth, .pth.tar) or .safetensors file, gzipped or not.
 * @param bytes the whole file.
 * @param name file name, for messages.
 * @throws InputError saying what the file is instead, where it is cut short, or what it asks for that is refused.
 */
export const readCheckpoint = async (bytes: Uint8Array, name: string): Promise<Checkpoint> => {
  const content = await unpacked(bytes, name)
  if (isZip(content) || isLegacyTorch(content)) return readTorchCheckpoint(content, name)
  if (isSafetensors(content)) return readSafetensors(content, name)
  throw new InputError(
    `${name} is not a checkpoint: expected a PyTorch (.ckpt, .pt, .pth) or .safetensors file, but it ${describeContent(content)}.`,
  )
}
