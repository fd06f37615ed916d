/** What the page holds on the GPU, counted where it is made and destroyed. */
export interface Holdings {
  /**
   * Live buffers and textures by label, in which numbers are left out: how many there are, and their bytes (textures:
   * picture elements times samples).
   */
  readonly [label: string]: { readonly count: number; readonly size: number }
}

/** The ledger in the tested page. */
export interface GpuLedger {
  /** What is live now. Buffers that are left to the garbage collector count: nobody has let go of them. */
  holdings(): Holdings
  /** Once everything submitted is done and nothing has come or gone for some frames. */
  settled(): Promise<Holdings>
}

declare global {
  interface Window {
    gpuLedger: GpuLedger
  }
}

/** Runs in the page ahead of its own scripts, and must hold all that it needs. */
export function keepGpuLedger(): void {
  /** Frames without any change after which nothing more is expected. */
  const QUIET_FRAMES = 12
  const live = new Map<object, { label: string; size: number }>()
  const queues = new Set<GPUQueue>()
  let changes = 0
  const note = (thing: GPUBuffer | GPUTexture, label: string, size: number) => {
    // three.js numbers its uniform buffers one after the other.
    live.set(thing, { label: label.replace(/\d+/g, '#') || 'no label', size })
    changes++
  }
  const { createBuffer, createTexture } = GPUDevice.prototype
  GPUDevice.prototype.createBuffer = function (descriptor) {
    queues.add(this.queue)
    const buffer = createBuffer.call(this, descriptor)
    note(buffer, `buffer ${buffer.label}`, buffer.size)
    return buffer
  }
  GPUDevice.prototype.createTexture = function (descriptor) {
    const texture = createTexture.call(this, descriptor)
    const { label, width, height, depthOrArrayLayers, sampleCount } = texture
    note(texture, `texture ${label}`, width * height * depthOrArrayLayers * sampleCount)
    return texture
  }
  for (const { prototype } of [GPUBuffer, GPUTexture]) {
    const { destroy } = prototype
    prototype.destroy = function (this: GPUBuffer & GPUTexture) {
      if (live.delete(this)) changes++
      return destroy.call(this)
    }
  }
  const holdings = () => {
    const sums: Record<string, { count: number; size: number }> = {}
    for (const { label, size } of [...live.values()].sort((a, b) => (a.label < b.label ? -1 : 1))) {
      sums[label] ??= { count: 0, size: 0 }
      sums[label].count++
      sums[label].size += size
    }
    return sums
  }
  const frame = () => new Promise(requestAnimationFrame)
  window.gpuLedger = {
    holdings,
    async settled() {
      for (let quiet = 0, before = changes; quiet < QUIET_FRAMES; quiet++) {
        await Promise.all([...queues].map((queue) => queue.onSubmittedWorkDone()))
        await frame()
        if (changes === before) continue
        before = changes
        quiet = 0
      }
      return holdings()
    },
  }
}
