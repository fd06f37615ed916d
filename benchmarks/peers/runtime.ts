/** onnxruntime-web, which benchmarks/package.json pins and nothing else depends on: loaded from where npm has put it. */

/** Its module, as far as it is used here. */
interface Runtime {
  readonly env: {
    readonly versions: { readonly web?: string; readonly common: string }
    readonly wasm: { numThreads?: number; wasmPaths?: string }
    readonly webgpu: { powerPreference?: string }
  }
  readonly InferenceSession: {
    create(model: Uint8Array, options: { executionProviders: string[] }): Promise<RuntimeSession>
  }
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => unknown
}

interface RuntimeSession {
  run(feeds: { readonly pos: unknown }): Promise<{
    readonly energy: RuntimeTensor
    readonly forces: RuntimeTensor
  }>
}

interface RuntimeTensor {
  getData(): Promise<Float32Array>
}

export interface Backend {
  readonly name: string
  readonly version: string
  open(model: Uint8Array): Promise<{
    /** @param positions [atoms × 3] Å; energy in eV, forces [atoms × 3] in eV/Å */
    run(positions: Float32Array, atoms: number): Promise<{ energy: number; forces: Float32Array }>
  }>
}

const FOLDER = '/benchmarks/node_modules/onnxruntime-web/dist/'

/** A build of its own for each: the one with WebGPU has a slower WASM part. */
const backends = {
  WebGPU: { module: 'ort.webgpu.bundle.min.mjs', provider: 'webgpu' },
  WASM: { module: 'ort.wasm.bundle.min.mjs', provider: 'wasm' },
}

/** @param threads of the WASM backend; more than one needs a page that is isolated from other origins */
export async function loadBackend(kind: keyof typeof backends, threads: number): Promise<Backend> {
  const { module, provider } = backends[kind]
  const runtime = (await import(/* @vite-ignore */ `${FOLDER}${module}`)) as Runtime
  runtime.env.wasm.wasmPaths = FOLDER
  runtime.env.wasm.numThreads = threads
  if (kind === 'WebGPU') runtime.env.webgpu.powerPreference = 'high-performance'
  return {
    name: kind === 'WASM' ? `WASM backend, ${threads} threads` : 'WebGPU backend',
    version: runtime.env.versions.web ?? runtime.env.versions.common,
    async open(model) {
      const session = await runtime.InferenceSession.create(model, { executionProviders: [provider] })
      return {
        async run(positions, atoms) {
          const pos = new runtime.Tensor('float32', positions, [1, atoms, 3])
          const { energy, forces } = await session.run({ pos })
          const [[first], all] = await Promise.all([energy.getData(), forces.getData()])
          return { energy: first, forces: all }
        },
      }
    },
  }
}
