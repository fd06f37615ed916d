/** Tumble beside onnxruntime-web on the same network and geometry, in one page and in turns. */
import { atomCount, type Structure } from '../../src/chemistry/structure.ts'
import { ForceSystem } from '../../src/dynamics/force-system.ts'
import { Simulation } from '../../src/dynamics/simulation.ts'
import { messageOf } from '../../src/errors.ts'
import { readXyz } from '../../src/formats/index.ts'
import type { Gpu } from '../../src/gpu/gpu.ts'
import type { Host } from '../host.ts'
import { paired, secondsOf } from '../lib/timing.ts'
import { loadModel, type Model } from '../models.ts'
import type { PeerResults } from '../results.ts'
import { type Backend, loadBackend } from './runtime.ts'

/** One entry of the list that scripts/lib/bench-page.mjs lays beside the files. */
export interface PeerFiles {
  readonly onnx: string
  readonly xyz: string
}

interface File {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Energy and forces of the structure, without the reference energies, as the ONNX files have them. */
interface Answer {
  /** eV */
  readonly energy: number
  /** [atoms × 3] eV/Å */
  readonly forces: ArrayLike<number>
}

interface Engine {
  readonly name: string
  readonly secondsToLoad: number
  readonly answer: Answer
  /** s of one evaluation */
  time(): Promise<number>
}

/** s that the turns may take; a turn that has begun is finished. */
const SECONDS = 30
const TURNS = { least: 3, most: 15 }
/** s that a submission of MD steps should last, so that the CPU's part in it does not count. */
const LONG_ENOUGH = 0.1
const LARGEST_BATCH = 256

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
    browser: host.name,
    adapter: gpu.adapterName,
    file: onnx.name,
    structure: xyz.name,
    atoms: atomCount(structure),
    threads,
    version,
    engines: engines.map(({ name, secondsToLoad, answer }, k) => ({
      engine: name,
      times: times[k],
      ratio: ratios[k],
      secondsToLoad,
      energyDifference: Math.abs(answer.energy - evaluation.answer.energy),
      forceDifference: Math.max(
        ...Array.from(answer.forces, (force, i) => Math.abs(force - evaluation.answer.forces[i])),
      ),
    })),
    failures,
  }
  gpu.destroy()
  return results
}

/** As peers do it: positions up, energy and forces back. */
async function evaluationOf(gpu: Gpu, model: Model, structure: Structure): Promise<Engine> {
  const began = performance.now()
  const system = await ForceSystem.create(gpu, structure, model.field)
  const evaluate = async (): Promise<Answer> => {
    system.atoms.uploadPositions([structure])
    gpu.submit('forces', system.dispatches)
    const outputs = new Float32Array(await gpu.read(system.atoms.outputs))
    const rows = Array.from({ length: atomCount(structure) }, (_, atom) =>
      outputs.subarray(4 * atom, 4 * atom + 4),
    )
    return {
      energy: rows.reduce((sum, row) => sum + row[3], 0),
      forces: rows.flatMap((row) => Array.from(row.subarray(0, 3))),
    }
  }
  const answer = await evaluate()
  return {
    name: 'Tumble, one evaluation',
    secondsToLoad: model.secondsToLoad + (performance.now() - began) / 1000,
    answer,
    time: async () => {
      const started = performance.now()
      await evaluate()
      return (performance.now() - started) / 1000
    },
  }
}

/** As a simulation does it: many steps in one submission. */
async function stepsOf(gpu: Gpu, model: Model, structure: Structure, answer: Answer): Promise<Engine> {
  const began = performance.now()
  const simulation = await Simulation.create(gpu, structure, model.field, {
    temperature: 300,
    timestep: model.timestep,
  })
  await simulation.observe()
  const secondsToLoad = model.secondsToLoad + (performance.now() - began) / 1000
  const advance = async (steps: number) =>
    (await secondsOf(gpu.device, () => simulation.advance(steps))) / steps
  let batch = 1
  while (batch < LARGEST_BATCH && (await advance(batch)) * batch < LONG_ENOUGH) batch *= 2
  return { name: 'Tumble, one MD step', secondsToLoad, answer, time: () => advance(batch) }
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
    time: async () => {
      const started = performance.now()
      await evaluate()
      return (performance.now() - started) / 1000
    },
  }
}
