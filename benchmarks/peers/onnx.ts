/** Tumble beside onnxruntime-web on the same network and geometry, in one page and in turns. */
import { atomCount, type Structure } from '../../src/chemistry/structure.ts'
import { messageOf } from '../../src/errors.ts'
import { readXyz } from '../../src/formats/index.ts'
import { paired } from '../../src/gpu/repeats.ts'
import type { Host } from '../host.ts'
import { loadModel } from '../models.ts'
import type { PeerResults } from '../results.ts'
import { type Backend, loadBackend } from './runtime.ts'
import { differenceOf, type Engine, evaluationOf, repeated, stepsOf } from './tumble.ts'

/** One entry of the list that scripts/lib/bench-page.mjs lays beside the files. */
export interface PeerFiles {
  readonly onnx: string
  readonly xyz: string
}

interface File {
  readonly name: string
  readonly bytes: Uint8Array
}

/** s that the turns may take; a turn that has begun is finished. */
const SECONDS = 30
const TURNS = { least: 3, most: 15 }

/** @param xyz the atoms that the ONNX file was made for, in their order */
export async function comparePeer(host: Host, onnx: File, xyz: File): Promise<PeerResults> {
  const [structure] = readXyz(new TextDecoder().decode(xyz.bytes), xyz.name)
  const model = await loadModel(host, 'small')
  const gpu = await host.requestGpu()
  const evaluation = await evaluationOf(gpu, model, structure)
  const engines: Engine[] = [await stepsOf(gpu, model, structure, evaluation.answer), evaluation]
  const failures: string[] = []
  const threads = crossOriginIsolated ? navigator.hardwareConcurrency : 1
  let version = ''
  for (const kind of ['WebGPU', 'WASM'] as const) {
    try {
      const backend = await loadBackend(kind, threads)
      version = backend.version
      engines.push(await peerOf(backend, onnx.bytes, structure))
    } catch (error) {
      failures.push(`onnxruntime-web, ${kind} backend: ${messageOf(error)}`)
    }
  }
  const { times, ratios } = await paired(
    engines.map((engine) => () => engine.time()),
    { seconds: SECONDS, ...TURNS },
  )
  gpu.check()
  const results: PeerResults = {
    host: host.name,
    adapter: gpu.adapterName,
    file: onnx.name,
    structure: xyz.name,
    atoms: atomCount(structure),
    peer: `onnxruntime-web ${version}, ${threads} threads`,
    engines: engines.map(({ name, secondsToLoad, answer }, k) => ({
      engine: name,
      times: times[k],
      ratio: ratios[k],
      secondsToLoad,
      ...differenceOf(answer, evaluation.answer),
    })),
    failures,
  }
  gpu.destroy()
  return results
}

async function peerOf(backend: Backend, bytes: Uint8Array, structure: Structure): Promise<Engine> {
  const began = performance.now()
  const positions = Float32Array.from(structure.positions)
  const session = await backend.open(bytes)
  const evaluate = () => session.run(positions, atomCount(structure))
  const answer = await evaluate()
  return {
    name: `onnxruntime-web, ${backend.name}`,
    secondsToLoad: (performance.now() - began) / 1000,
    answer,
    time: () => repeated(evaluate),
  }
}
