import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Gpu } from '../gpu/gpu.ts'
import { requestNodeGpu } from '../gpu/node.ts'
import { type TextStore, TuningMemory } from '../gpu/tuning-memory.ts'
import { remark } from './terminal.ts'

/** The device of a command, and the way to another one when it is lost. */
export interface Device {
  readonly gpu: Gpu
  /** Opens a device in the place of the present one. */
  reopen(): Promise<void>
}

/** Where `tumble tune` keeps what it has found. */
const tunings: TextStore = {
  load() {
    try {
      return readFileSync(tuningsFile(), 'utf8')
    } catch {
      return null
    }
  },
  save(text) {
    mkdirSync(dirname(tuningsFile()), { recursive: true })
    writeFileSync(tuningsFile(), `${text}\n`)
  },
}

const tuningsFile = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tumble', 'tunings.json')

async function open(): Promise<Gpu> {
  const gpu = await requestNodeGpu()
  gpu.memory = new TuningMemory(tunings)
  return gpu
}

/** Opens the device, says which one, and closes it again whatever happens. */
export async function withDevice<T>(work: (device: Device) => Promise<T>): Promise<T> {
  let gpu = await open()
  remark(
    gpu.isSoftware
      ? `No GPU was found: running on the processor through ${gpu.adapterName}, correct but slow.`
      : `Running on ${gpu.adapterName}.`,
  )
  try {
    return await work({
      get gpu() {
        return gpu
      },
      async reopen() {
        gpu.destroy()
        gpu = await open()
      },
    })
  } finally {
    gpu.destroy()
  }
}

/** As {@link withDevice}, for work that is soon done and simply fails with its device. */
export const withGpu = <T>(work: (gpu: Gpu) => Promise<T>): Promise<T> => withDevice(({ gpu }) => work(gpu))
