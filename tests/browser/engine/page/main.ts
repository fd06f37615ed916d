/** The engine in a page of its own, without picture and controls: what tests/browser/engine drives. */
import { judge } from '../../../../src/cli/golden/judge.ts'
import { readCase, readReference } from '../../../../src/cli/golden/parse.ts'
import { runGoldenCase } from '../../../../src/cli/golden/run.ts'
import { Gpu } from '../../../../src/gpu/gpu.ts'
import { defaultTuning } from '../../../../src/gpu/tuning.ts'
import { compiled, listenToCompiler } from './compiler-log.ts'
import { fetchBytes, fetchFirst, textOf } from './files.ts'
import { shortenLists } from './short-lists.ts'
import { exchange, relax, simulate, thereAndBack } from './simulate.ts'

const MODELS = '/public/models/'

listenToCompiler()
shortenLists()

let device: Promise<Gpu> | undefined
/** One device for all that is asked of this page. */
const gpu = (): Promise<Gpu> => {
  device ??= Gpu.request()
  return device
}

/** Compiles what an evaluation has no need of, but whoever looks at its attention weights. */
async function compileForWatching(device: Gpu): Promise<void> {
  const constants = { WORKGROUP: 64, HEADS: 2, HEAD: 1 }
  await device.kernel('equiformer/attention_links', { constants })
}

window.engine = {
  adapter: async () => (await gpu()).adapterName,
  async golden(file, name, asOnGpu) {
    const address = new URL(file, location.href)
    const folder = new URL('.', address)
    const path = folder.pathname.replace(/\/$/, '')
    const read = (name: string) =>
      fetchFirst([new URL(name, folder), new URL(name, new URL(MODELS, location.href))])
    const json = JSON.parse(textOf(await fetchBytes(address)))
    const cases = file.endsWith('reference.json')
      ? readReference(json, path, read)
      : [readCase(json, path, read)]
    const golden = cases.find((golden) => golden?.name === name)
    if (!golden) throw new Error(`${file} holds no case called ${name}.`)
    const device = await gpu()
    // More lanes take software adapters longer and bring nothing new: several slices are at work with these.
    device.tuned = asOnGpu ? { ...defaultTuning(false, 100), edgeLanes: 64 } : defaultTuning(true, 100)
    try {
      const verdict = judge(golden, await runGoldenCase(device, golden))
      if (golden.architecture === 'equiformer') await compileForWatching(device)
      return verdict
    } finally {
      device.tuned = null
    }
  },
  exchange: async (steps) => exchange(await gpu(), steps),
  relax: async (steps) => relax(await gpu(), steps),
  simulate: async (ensemble) => simulate(await gpu(), ensemble),
  thereAndBack: async (steps) => thereAndBack(await gpu(), steps),
  compiled,
}
