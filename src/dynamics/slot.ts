import type { Gpu } from '../gpu/gpu.ts'

/** Named buffers of the GPU. */
export type Buffers = Readonly<Record<string, GPUBuffer>>

/** Contents of all of them at one and the same moment. */
export async function readBuffers(gpu: Gpu, buffers: Buffers): Promise<Record<string, Uint32Array>> {
  const names = Object.keys(buffers)
  const contents = await gpu.readAll(names.map((name) => buffers[name]))
  return Object.fromEntries(names.map((name, i) => [name, new Uint32Array(contents[i])]))
}

/** A copy of a run's state beside it on the GPU: kept at no cost to a frame, read only when it is wanted. */
export class Slot {
  private readonly copies: Buffers

  constructor(
    private readonly gpu: Gpu,
    like: Buffers,
  ) {
    this.copies = Object.fromEntries(
      Object.entries(like).map(([name, { size }]) => [name, gpu.buffer(`saved ${name}`, size)]),
    )
  }

  /** Takes the contents over, after all work submitted so far. */
  store(live: Buffers): void {
    this.gpu.copy(
      'save state',
      this.names.map((name) => [live[name], this.copies[name]]),
    )
  }

  /** Gives them back. */
  load(live: Buffers): void {
    this.gpu.copy(
      'restore state',
      this.names.map((name) => [this.copies[name], live[name]]),
    )
  }

  read(): Promise<Record<string, Uint32Array>> {
    return readBuffers(this.gpu, this.copies)
  }

  /** From the CPU. Contents must have been read from a slot of the same structure. */
  write(contents: Readonly<Record<string, Uint32Array>>): void {
    for (const name of this.names) this.gpu.upload(this.copies[name], contents[name])
  }

  destroy(): void {
    for (const name of this.names) this.copies[name].destroy()
  }

  private get names(): string[] {
    return Object.keys(this.copies)
  }
}
