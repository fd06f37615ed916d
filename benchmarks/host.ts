import type { Gpu } from '../src/gpu/gpu.ts'

/** Where the suite runs: Node or a page. */
export interface Host {
  /** `Node 22.1 (Dawn)`, or the browser's name and version */
  readonly name: string
  /** what is known of processor and memory */
  readonly machine: string
  /** bytes of a file of public/, by its path there */
  read(path: string): Promise<Uint8Array>
  /** a device of its own, every time */
  requestGpu(): Promise<Gpu>
  /** tells a person what has just been done */
  say(text: string): void
}
