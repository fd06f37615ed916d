import { storage } from 'three/tsl'
import { StorageBufferAttribute, type WebGPURenderer } from 'three/webgpu'

/**
 * Lets a three.js material read a GPUBuffer of ours, with no copy.
 *
 * three r187 has no public way to wrap a foreign buffer (three.js issue 33280). It makes a buffer for a storage
 * attribute only where its backend holds none yet, so one placed there first is bound as it is. Hence:
 * three is pinned exactly; the attribute's own array is a dummy and its version must never be raised (that would
 * upload the dummy); the attribute must never be disposed (that would destroy our buffer), it is left to the
 * garbage collector; and nobody calls `renderer.dispose()` while the buffers are in use.
 *
 * @param count elements of `type` in the buffer
 */
export function sharedBuffer<T extends 'vec4' | 'uint'>(
  renderer: WebGPURenderer,
  buffer: GPUBuffer,
  type: T,
  count: number,
) {
  const dummy =
    type === 'uint'
      ? new StorageBufferAttribute(new Uint32Array(1), 1)
      : new StorageBufferAttribute(new Float32Array(4), 4)
  const backend = renderer.backend as unknown as { get(key: object): { buffer?: GPUBuffer } }
  backend.get(dummy).buffer = buffer
  return storage(dummy, type, count).toReadOnly()
}
