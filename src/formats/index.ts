/** Files in, typed objects out; and back. Nothing here knows a GPU or a page. */

export type { Checkpoint, OpaqueObject, Plain, Tensor, TensorData } from './checkpoint.ts'
export {
  acceptedEndings,
  endingsOf,
  type FileFormat,
  type FileKind,
  formatNamed,
  whatTumbleOpens,
} from './file-formats.ts'
export { timeOf } from './frame-time.ts'
export { framesOnto, type LooseTrajectory } from './frames-onto.ts'
export { gunzip, unpacked } from './gzip.ts'
export { readCheckpoint } from './read-checkpoint.ts'
export { readStructures, structuresIn } from './read-structures.ts'
export { readSafetensors, writeSafetensors } from './safetensors.ts'
export { describeContent, sniff } from './sniff.ts'
export { readTorchCheckpoint } from './torch.ts'
export { readXyzFrames } from './trajectory/extxyz.ts'
export { readPdbModels } from './trajectory/pdb-read.ts'
export {
  findTrajectoryFormat,
  readTrajectory,
  trajectoryFormatOf,
  trajectoryFormats,
} from './trajectory/registry.ts'
export type {
  ByteSource,
  Patch,
  RandomAccess,
  TrajectoryFormat,
  TrajectoryFrame,
  TrajectoryWriter,
  WriterOptions,
} from './trajectory/types.ts'
export { writeXyz } from './write-xyz.ts'
export { readXyz } from './xyz.ts'
