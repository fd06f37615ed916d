/** Tumble beside TorchMD-NET in PyTorch, each in its own process and in turns: Tumble, the peer, Tumble again. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { atomCount, type Structure } from '../../src/chemistry/structure.ts'
import { messageOf } from '../../src/errors.ts'
import { writeXyz } from '../../src/formats/index.ts'
import { sample, type Times } from '../../src/gpu/repeats.ts'
import type { BenchOptions } from '../arguments.ts'
import type { Host } from '../host.ts'
import { loadModel, type Model } from '../models.ts'
import type { PeerResults, PeerTimes } from '../results.ts'
import { SYSTEMS, type System } from '../systems.ts'
import { type Answer, differenceOf, evaluationOf, stepsOf } from './tumble.ts'

const SCRIPT = 'benchmarks/peers/time_torchmdnet.py'
const CHECKPOINT = 'public/models/et-gfn2-small.ckpt'
/** s that each engine repeats for, where nothing else was said */
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
  { models, atoms, seconds, compile }: BenchOptions,
): Promise<PeerResults[]> {
  const results: PeerResults[] = []
  const repeat = Math.min(SECONDS, seconds ?? SECONDS)
  const peer = await TorchPeer.start(root, python, repeat, compile)
  try {
    for (const name of models) {
      const model = await loadModel(host, name)
      for (const system of SYSTEMS) {
        if (system.periodic || system.atoms > Math.min(atoms, MOST_ATOMS)) continue
        host.say(`TorchMD-NET, ${name}, ${system.name}, ${system.atoms} atoms …`)
        results.push(await compare(host, peer, model, system, repeat))
      }
    }
  } finally {
    await peer.end()
  }
  return results
}

/** @param seconds that each engine repeats for */
async function compare(
  host: Host,
  peer: TorchPeer,
  model: Model,
  system: System,
  seconds: number,
): Promise<PeerResults> {
  const structure = await system.make(host)
  const file = model.name === 'small' ? CHECKPOINT : model.name
  const gpu = await host.requestGpu()
  try {
    const evaluation = await evaluationOf(gpu, model, structure)
    const own = [await stepsOf(gpu, model, structure, evaluation.answer), evaluation]
    const round = async () => {
      const times: Times[] = []
      for (const engine of own) times.push(await sample(() => engine.time(), { seconds }))
      return times
    }
    const before = await round()
    const printed = await peer.time(file, structure).catch((error) => messageOf(error))
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

/** The script, asked for one network and structure after the other. */
class TorchPeer {
  /** Last line that Python wrote for people. */
  private remark = ''
  private readonly lines: AsyncIterator<string>

  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly folder: string,
  ) {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.remark = text.trim().split('\n').at(-1) || this.remark
    })
    // Said when the next line is waited for, as the end of the output.
    child.on('error', (error) => {
      this.remark = messageOf(error)
    })
    child.stdin.on('error', () => {})
    this.lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  }

  static async start(root: string, python: string, seconds: number, compile: boolean): Promise<TorchPeer> {
    const words = [SCRIPT, '--seconds', String(seconds), ...(compile ? ['--compile'] : [])]
    return new TorchPeer(spawn(python, words, { cwd: root }), await mkdtemp(join(tmpdir(), 'tumble-peer-')))
  }

  /** @throws Error with what Python says, if it ends without a result or reports a failure */
  async time(model: string, structure: Structure): Promise<Printed> {
    const xyz = join(this.folder, `${atomCount(structure)}.xyz`)
    await writeFile(xyz, writeXyz([structure]))
    this.child.stdin.write(`${model} ${xyz}\n`)
    for (;;) {
      const { done, value } = await this.lines.next()
      if (done) throw new Error(`${SCRIPT} ended: ${this.remark}`)
      // Libraries print remarks of their own.
      if (!value.startsWith('{')) continue
      const result = JSON.parse(value) as Printed | { readonly failed: string }
      if ('failed' in result) throw new Error(result.failed)
      return result
    }
  }

  async end(): Promise<void> {
    this.child.kill()
    await rm(this.folder, { recursive: true, force: true })
  }
}
