/** What the page does for scripts/lib/bench-page.mjs. Everything passes between the two as JSON. */
import type { BenchOptions } from '../arguments.ts'
import type { PeerResults, Results } from '../results.ts'

export interface BenchApi {
  /** Results without any case: which browser and adapter this is. */
  describe(command: string): Promise<Results>
  run(options: BenchOptions, command: string): Promise<Results>
  /** Compares with every ONNX file that the script has laid into dist/benchmarks-page-peers. */
  peers(): Promise<readonly PeerResults[]>
}

declare global {
  interface Window {
    bench: BenchApi
  }
}
