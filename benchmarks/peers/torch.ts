/** Tumble beside TorchMD-NET in PyTorch, each in its own process and in turns: Tumble, the peer, Tumble again. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atomCount, type Structure } from '../../src/chemistry/structure.ts'
import { messageOf } from '../../src/errors.ts'
import { writeXyz } from '../../src/formats/index.ts'
import type { BenchOptions } from '../arguments.ts'
import type { Host } from '../host.ts'
import { sample, type Times } from '../lib/timing.ts'
import { loadModel, type Model } from '../models.ts'
import type { PeerResults, PeerTimes } from '../results.ts'
import { SYSTEMS, type System } from '../systems.ts'
import { type Answer, differenceOf, evaluationOf, stepsOf } from './tumble.ts'

const SCRIPT = 'benchmarks/peers/torchmdnet.py'
const CHECKPOINT = 'public/models/et-gfn2-small.ckpt'
/** s that each engine repeats for */
const SECONDS = 5
/** Upstream keeps all it needs for the gradient: SPICE-size networks of more atoms have no room on common cards. */
const MOST_ATOMS = 1000

/** What the script prints. */
interface Printed {
  readonly peer: string
  readonly energy: number
  readonly forces: readonly number[]
  readonly engines: readonly {
    readonly engine: string
    readonly times: Times
    readonly secondsToLoad: number
  }[]
  readonly failures: readonly string[]
}

/** @param python the interpreter that has torchmd-net and torch */
export async function compareTorch(
  host: Host,
  root: string,
  python: string,
  { models, atoms }: BenchOptions,
): Promise<PeerResults[]> {
  const results: PeerResults[] = []
  for (const name of models) {
    const model = await loadModel(host, name)
    for (const system of SYSTEMS) {
      if (system.periodic || system.atoms > Math.min(atoms, MOST_ATOMS)) continue
      host.say(`TorchMD-NET, ${name}, ${system.name}, ${system.atoms} atoms …`)
      results.push(await compare(host, root, python, model, system))
    }
  }
  return results
}

async function compare(
  host: Host,
  root: string,
  python: string,
  model: Model,
  system: System,
): Promise<PeerResults> {
  const structure = await system.make(host)
  const file = model.name === 'small' ? CHECKPOINT : model.name
  const gpu = await host.requestGpu()
  try {
    const evaluation = await evaluationOf(gpu, model, structure)
    const own = [await stepsOf(gpu, model, structure, evaluation.answer), evaluation]
    const round = async () => {
      const times: Times[] = []
      for (const engine of own) times.push(await sample(() => engine.time(), { seconds: SECONDS }))
      return times
    }
    const before = await round()
    const printed = await runScript(root, python, file, structure).catch((error) => messageOf(error))
    const both = (await round()).map((after, k) => merged(before[k], after))
    const [first] = both
    const engines: PeerTimes[] = own.map(({ name, secondsToLoad }, k) => ({
      engine: name,
      times: both[k],
      ratio: both[k].median / first.median,
      secondsToLoad,
      energyDifference: 0,
      forceDifference: 0,
    }))
    const base = {
      host: host.name,
      adapter: gpu.adapterName,
      file,
      structure: system.name,
      atoms: system.atoms,
    }
    if (typeof printed === 'string') return { ...base, peer: 'TorchMD-NET', engines, failures: [printed] }
    const difference =
      model.name === 'small'
        ? differenceOf(withoutReferences(model, structure, printed), evaluation.answer)
        : { energyDifference: null, forceDifference: null }
    const peers = printed.engines.map(({ engine, times, secondsToLoad }) => ({
      engine,
      times,
      ratio: times.median / first.median,
      secondsToLoad,
      ...difference,
    }))
    return { ...base, peer: printed.peer, engines: [...engines, ...peers], failures: printed.failures }
  } finally {
    gpu.destroy()
  }
}

const merged = (before: Times, after: Times): Times => ({
  quickest: Math.min(before.quickest, after.quickest),
  median: (before.median + after.median) / 2,
  samples: before.samples + after.samples,
})

/** The peer's energy has the reference energies in it. */
const withoutReferences = ({ field }: Model, structure: Structure, { energy, forces }: Printed): Answer => ({
  energy: energy - field.constantEnergy(field.typesOf(structure)),
  forces,
})

/** @throws Error with the last line that Python wrote, if it ends without a result */
async function runScript(
  root: string,
  python: string,
  model: string,
  structure: Structure,
): Promise<Printed> {
  const folder = await mkdtemp(join(tmpdir(), 'tumble-peer-'))
  try {
    const xyz = join(folder, `${atomCount(structure)}.xyz`)
    await writeFile(xyz, writeXyz([structure]))
    const words = [SCRIPT, model, xyz, '--seconds', String(SECONDS), '--compile']
    const child = spawn(python, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    const output = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text
      })
    const status = await new Promise((done, failed) => child.on('error', failed).on('close', done))
    // Libraries print remarks of their own; the result is the last line.
    const last = (text: string) => text.trim().split('\n').at(-1) ?? ''
    if (status !== 0) throw new Error(`${python} ${SCRIPT} ended with ${status}: ${last(output.stderr)}`)
    return JSON.parse(last(output.stdout))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
