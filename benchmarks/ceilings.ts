/** What an adapter can do at best, as far as kernels like ours can find out: a large matrix product, and a copy. */
import type { Gpu } from '../src/gpu/gpu.ts'
import { cover, type Dispatch, type KernelOptions } from '../src/gpu/kernel.ts'
import { sample, secondsOf } from '../src/gpu/repeats.ts'
import copyKernel from './shaders/copy.wgsl?raw'
import directProduct from './shaders/product_direct.wgsl?raw'
import tiledProduct from './shaders/product_tiled.wgsl?raw'

export interface Ceilings {
  /** operations per second of the fastest matrix product, a multiplication and an addition being two */
  readonly flopsPerSecond: number
  /** which kernel and size that was */
  readonly product: string
  /** bytes per second that a copy reads and writes together */
  readonly bytesPerSecond: number
  readonly copy: string
}

/** s that one timed product or copy lasts at least, so that submitting it does not count. */
const LONG_ENOUGH = 0.02
const MOST_REPEATS = 100
const SIZES = [256, 512, 1024, 2048, 4096]
/** Beyond what caches hold. */
const COPY_BYTES = [64, 256].map((mebibytes) => mebibytes * 2 ** 20)

interface Attempt {
  readonly name: string
  /** operations or bytes */
  readonly amount: number
  readonly run: (repeats: number) => void
  readonly destroy: () => void
}

/** @param seconds that each attempt may be repeated for */
export async function measureCeilings(gpu: Gpu, seconds = 2): Promise<Ceilings> {
  const products = [
    (size: number) => product(gpu, size, 'direct', 8),
    (size: number) => product(gpu, size, 'tiled', 4),
    (size: number) => product(gpu, size, 'tiled', 8),
  ]
  const flops = await best(gpu, products, SIZES, seconds)
  const limit = Math.min(gpu.device.limits.maxBufferSize, gpu.device.limits.maxStorageBufferBindingSize)
  const copies = [(bytes: number) => copyByKernel(gpu, bytes), (bytes: number) => copyByCommand(gpu, bytes)]
  const bytes = await best(
    gpu,
    copies,
    COPY_BYTES.filter((size) => size <= limit),
    seconds,
  )
  return {
    flopsPerSecond: flops.rate,
    product: flops.name,
    bytesPerSecond: bytes.rate,
    copy: bytes.name,
  }
}

/** The highest rate among kinds of attempts, each made larger and then repeated until it lasts long enough. */
async function best(
  gpu: Gpu,
  kinds: readonly ((size: number) => Promise<Attempt>)[],
  sizes: readonly number[],
  allowed: number,
): Promise<{ rate: number; name: string }> {
  let found = { rate: 0, name: '' }
  for (const make of kinds)
    for (const size of sizes) {
      const { name, amount, run, destroy } = await make(size)
      const time = async (repeats: number) => {
        const work = () => secondsOf(gpu.device, () => run(repeats))
        return (await sample(work, { seconds: allowed })).quickest / repeats
      }
      let seconds = await time(1)
      const last = size === sizes.at(-1)
      if (last && seconds < LONG_ENOUGH)
        seconds = await time(Math.min(MOST_REPEATS, Math.ceil(LONG_ENOUGH / seconds)))
      gpu.check()
      destroy()
      if (amount / seconds > found.rate) found = { rate: amount / seconds, name }
      if (seconds > LONG_ENOUGH) break
    }
  return found
}

async function product(gpu: Gpu, size: number, kind: 'direct' | 'tiled', rows: number): Promise<Attempt> {
  const constants: Record<string, number> = kind === 'tiled' ? { SIZE: size, ROWS: rows } : { SIZE: size }
  const matrix = Float32Array.from({ length: size * size }, (_, k) => ((k * 7919) % 1000) / 1000 - 0.5)
  const a = gpu.bufferFrom('left factor', matrix)
  const b = gpu.bufferFrom('right factor', matrix)
  const c = gpu.buffer('product', matrix.byteLength)
  const name = `product_${kind}`
  const modules = { [name]: kind === 'tiled' ? tiledProduct : directProduct }
  const kernel = await gpu.kernel(name, { constants, modules } satisfies KernelOptions)
  const dispatch = kernel.bind(
    { a, b, c },
    kind === 'tiled' ? [size / 64, size / (16 * rows), 1] : [size ** 2 / (4 * rows * 64), 1, 1],
  )
  return attempt(
    gpu,
    `${kind} kernel, ${size} × ${size}, ${rows} × 4 each`,
    2 * size ** 3,
    [dispatch],
    [a, b, c],
  )
}

async function copyByKernel(gpu: Gpu, bytes: number): Promise<Attempt> {
  const input = gpu.buffer('copy from', bytes)
  const output = gpu.buffer('copy to', bytes)
  const kernel = await gpu.kernel('copy', { modules: { copy: copyKernel } })
  const dispatch = kernel.bind({ input, output }, cover(bytes / 16, 256))
  return attempt(gpu, `kernel, ${bytes / 2 ** 20} MiB`, 2 * bytes, [dispatch], [input, output])
}

async function copyByCommand(gpu: Gpu, bytes: number): Promise<Attempt> {
  const from = gpu.buffer('copy from', bytes)
  const to = gpu.buffer('copy to', bytes)
  return {
    name: `copyBufferToBuffer, ${bytes / 2 ** 20} MiB`,
    amount: 2 * bytes,
    run: (repeats) => gpu.copy('copy', Array(repeats).fill([from, to])),
    destroy: () => {
      from.destroy()
      to.destroy()
    },
  }
}

const attempt = (
  gpu: Gpu,
  name: string,
  amount: number,
  dispatches: readonly Dispatch[],
  buffers: readonly GPUBuffer[],
): Attempt => ({
  name,
  amount,
  run: (repeats) => gpu.submit(name, Array(repeats).fill(dispatches).flat()),
  destroy: () => {
    for (const buffer of buffers) buffer.destroy()
  },
})
