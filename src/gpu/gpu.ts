import { InputError } from '../errors.ts'
import { type Dispatch, encodeDispatches, Kernel, type KernelOptions } from './kernel.ts'
import { defaultTuning, type Tuning } from './tuning.ts'
import type { TuningMemory } from './tuning-memory.ts'

/** Features used where an adapter has them; everything works without. */
const WANTED_FEATURES = ['timestamp-query', 'subgroups', 'shader-f16'] as const satisfies GPUFeatureName[]

/** Limits raised to what the adapter really has; the guaranteed minimum serves small systems. */
const WANTED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
] as const

export interface GpuLoss {
  /** `destroyed` when we did it ourselves. */
  readonly reason: string
  readonly message: string
}

/** Bytes that are to be copied from one buffer to another. */
export interface BufferPart {
  readonly from: GPUBuffer
  readonly fromOffset: number
  readonly to: GPUBuffer
  readonly toOffset: number
  readonly size: number
}

/** One GPU device: the only place where pipelines and buffers are made. The same in a browser and in Node. */
export class Gpu {
  /** Resolves when the device is gone. */
  readonly lost: Promise<GpuLoss>
  /** What was found best for this adapter, in place of {@link defaultTuning}. */
  memory: TuningMemory | null = null
  /** What is to be done whatever was found best. */
  tuned: Partial<Tuning> | null = null
  private readonly kernels = new Map<string, Promise<Kernel>>()
  private rowOfLanes: Promise<number> | null = null
  private readonly errors: string[] = []

  private constructor(
    readonly device: GPUDevice,
    /** For people: `google SwiftShader (software)`. */
    readonly adapterName: string,
    /** True when a CPU plays the GPU. */
    readonly isSoftware: boolean,
    /** As the adapter says; 0 where it has no subgroups. */
    private readonly smallestSubgroup: number,
  ) {
    this.lost = device.lost.then(({ reason, message }) => ({ reason, message }))
    // Not `onuncapturederror`: three.js sets that one for itself.
    device.addEventListener('uncapturederror', (event) => {
      this.errors.push(event.error.message)
      console.error(event.error.message)
    })
  }

  /**
   * Asks for the fastest adapter and a device with the limits and features it really offers.
   * @param entry `navigator.gpu` in a browser; in Node see `nodeGpu` in node.ts
   * @throws InputError when there is no WebGPU or no adapter
   */
  static async request(entry: GPU | undefined = globalThis.navigator?.gpu): Promise<Gpu> {
    if (!entry)
      throw new InputError('This browser has no WebGPU: use a current Chrome, Edge, Safari or Firefox.')
    const adapter = await entry.requestAdapter({ powerPreference: 'high-performance' })
    if (!adapter)
      throw new InputError(
        'WebGPU found no graphics adapter: update the graphics driver or switch on hardware acceleration.',
      )
    const device = await adapter.requestDevice({
      label: 'tumble',
      requiredFeatures: WANTED_FEATURES.filter((feature) => adapter.features.has(feature)),
      requiredLimits: Object.fromEntries(WANTED_LIMITS.map((name) => [name, adapter.limits[name]])),
    })
    const { vendor, architecture, device: model, description, isFallbackAdapter } = adapter.info
    const words = [
      description || [vendor, model || architecture].filter(Boolean).join(' ') || 'unknown adapter',
    ]
    // Firefox names nothing, but says this much.
    const software =
      isFallbackAdapter ||
      /swiftshader|llvmpipe|software|basic render|lavapipe/i.test(
        [vendor, architecture, model, description].join(' '),
      )
    if (software) words.push('(software)')
    const smallestSubgroup = device.features.has('subgroups') ? (adapter.info.subgroupMinSize ?? 0) : 0
    return new Gpu(device, words.join(' '), software, smallestSubgroup)
  }

  /** How kernels are to be made for a system of so many atoms. */
  tuningFor(atoms: number): Tuning {
    const best = this.memory?.recall(this.adapterName, atoms) ?? defaultTuning(this.isSoftware, atoms)
    return { ...best, ...this.tuned }
  }

  /** The same device, for which kernels are made in this way. */
  tunedAs(tuned: Partial<Tuning>): Gpu {
    return Object.create(this, { tuned: { value: tuned } })
  }

  /**
   * So many lanes of a workgroup, in a row from a multiple of it on, are sure to be in one subgroup; 0 where there are no
   * subgroups, or their lanes are scattered, as WGSL allows.
   */
  lanesInARow(): Promise<number> {
    this.rowOfLanes ??= this.smallestSubgroup === 0 ? Promise.resolve(0) : this.probeLanes()
    return this.rowOfLanes
  }

  private async probeLanes(): Promise<number> {
    const scattered = this.buffer('scattered lanes', 4)
    const kernel = await this.kernel('common/scattered_lanes')
    this.submit('scattered lanes', [kernel.bind({ scattered }, [64, 1, 1])])
    const [found] = new Uint32Array(await this.read(scattered))
    scattered.destroy()
    return found === 0 ? this.smallestSubgroup : 0
  }

  /** A compiled shader, compiled once per device and set of options. See {@link Kernel.create}. */
  kernel(name: string, options: KernelOptions = {}): Promise<Kernel> {
    const key = JSON.stringify([name, options])
    let kernel = this.kernels.get(key)
    if (!kernel) {
      kernel = Kernel.create(this.device, name, options)
      this.kernels.set(key, kernel)
    }
    return kernel
  }

  /** A zero-filled buffer of at least `bytes` bytes. */
  buffer(
    label: string,
    bytes: number,
    usage: GPUBufferUsageFlags = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  ): GPUBuffer {
    const size = Math.max(16, Math.ceil(bytes / 16) * 16)
    const { maxBufferSize, maxStorageBufferBindingSize } = this.device.limits
    const limit = Math.min(maxBufferSize, maxStorageBufferBindingSize)
    if (size > limit)
      throw new InputError(
        `This system needs a buffer of ${mebibytes(size)} (${label}) and the adapter allows ${mebibytes(limit)}: use fewer atoms or a smaller cutoff.`,
      )
    return this.device.createBuffer({ label, size, usage })
  }

  /** A buffer that holds `data`. */
  bufferFrom(label: string, data: ArrayBufferView, usage?: GPUBufferUsageFlags): GPUBuffer {
    const buffer = this.buffer(label, data.byteLength, usage)
    this.upload(buffer, data)
    return buffer
  }

  upload(buffer: GPUBuffer, data: ArrayBufferView, byteOffset = 0): void {
    this.device.queue.writeBuffer(
      buffer,
      byteOffset,
      data.buffer as ArrayBuffer,
      data.byteOffset,
      data.byteLength,
    )
  }

  /** Copies whole buffers, of equal sizes each, after all work submitted so far. */
  copy(label: string, pairs: readonly (readonly [from: GPUBuffer, to: GPUBuffer])[]): void {
    this.copyParts(
      label,
      pairs.map(([from, to]) => ({ from, fromOffset: 0, to, toOffset: 0, size: from.size })),
    )
  }

  /** Copies parts of buffers, offsets and sizes in bytes, after all work submitted so far. */
  copyParts(label: string, parts: readonly BufferPart[]): void {
    const encoder = this.device.createCommandEncoder({ label })
    for (const { from, fromOffset, to, toOffset, size } of parts)
      encoder.copyBufferToBuffer(from, fromOffset, to, toOffset, size)
    this.device.queue.submit([encoder.finish()])
  }

  /** Runs dispatches in one pass of one submission. */
  submit(label: string, dispatches: readonly Dispatch[]): void {
    const encoder = this.device.createCommandEncoder({ label })
    const pass = encoder.beginComputePass({ label })
    encodeDispatches(pass, dispatches)
    pass.end()
    this.device.queue.submit([encoder.finish()])
  }

  /**
   * Copies a buffer back to the CPU once all work submitted so far is done.
   * @throws Error if the device has reported an error since the last read
   */
  async read(buffer: GPUBuffer): Promise<ArrayBuffer> {
    return (await this.readAll([buffer]))[0]
  }

  /** Copies several buffers back as they are at one and the same moment. */
  async readAll(buffers: readonly GPUBuffer[]): Promise<ArrayBuffer[]> {
    const staging = this.device.createBuffer({
      label: `read ${buffers.map(({ label }) => label).join(', ')}`,
      size: buffers.reduce((sum, { size }) => sum + size, 0),
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    })
    const encoder = this.device.createCommandEncoder({ label: staging.label })
    let offset = 0
    for (const buffer of buffers) {
      encoder.copyBufferToBuffer(buffer, 0, staging, offset, buffer.size)
      offset += buffer.size
    }
    this.device.queue.submit([encoder.finish()])
    try {
      await staging.mapAsync(GPUMapMode.READ)
      const all = staging.getMappedRange()
      offset = 0
      return buffers.map(({ size }) => {
        offset += size
        return all.slice(offset - size, offset)
      })
    } finally {
      staging.destroy()
      this.check()
    }
  }

  /** @throws Error with the first thing the device has complained about since the last check */
  check(): void {
    const [first] = this.errors.splice(0)
    if (first) throw new Error(`The GPU device reported: ${first}`)
  }

  destroy(): void {
    this.device.destroy()
  }
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`
