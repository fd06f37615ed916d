/** Molecules and models come and go, frames pass, and what the page holds on the GPU and in its heap stays what it was. */
import { readFile } from 'node:fs/promises'
import type { CDPSession } from 'playwright'
import { describe, expect, it } from 'vitest'
import { type Holdings, keepGpuLedger } from './lib/gpu-ledger.ts'
import type { TumblePage } from './lib/tumble-page.ts'
import { withPage } from './lib/with-page.ts'

/** Times that every station is come by; with five of them, twenty changes. */
const ROUNDS = 4
/** Bytes by which heap and arrays together may grow while molecules change: compiled code, not one copy of the model. */
const SLACK = 2 ** 20

let tumble: TumblePage
let devtools: CDPSession

withPage(
  async (opened) => {
    tumble = opened
    devtools = await tumble.page.context().newCDPSession(tumble.page)
    await tumble.waitFor('running')
    await tumble.page.getByTestId('structure-name').click()
  },
  { before: keepGpuLedger },
)

/** What the page's scripts hold: bytes of the heap and of arrays outside it, and live objects of WebGPU by class. */
interface Scripts {
  readonly bytes: number
  readonly objects: Readonly<Record<string, number>>
}

const CLASSES = ['GPUBuffer', 'GPUTexture', 'GPUBindGroup', 'GPUComputePipeline', 'GPURenderPipeline']

async function scripts(): Promise<Scripts> {
  const objects: Record<string, number> = {}
  for (const name of CLASSES) {
    const { result } = await devtools.send('Runtime.evaluate', {
      expression: `${name}.prototype`,
      objectGroup: 'counted',
    })
    // Collects garbage first.
    const found = await devtools.send('Runtime.queryObjects', {
      prototypeObjectId: result.objectId!,
      objectGroup: 'counted',
    })
    const { result: count } = await devtools.send('Runtime.callFunctionOn', {
      objectId: found.objects.objectId!,
      functionDeclaration: 'function () { return this.length }',
    })
    objects[name] = count.value
  }
  await devtools.send('Runtime.releaseObjectGroup', { objectGroup: 'counted' })
  await devtools.send('HeapProfiler.collectGarbage')
  const { usedSize, backingStorageSize } = (await devtools.send('Runtime.getHeapUsage')) as {
    usedSize: number
    backingStorageSize: number
  }
  return { bytes: usedSize + backingStorageSize, objects }
}

/** Lets the run go on for some steps, pauses it, and counts when all is quiet. */
async function holdings(steps: number): Promise<Holdings> {
  const { page } = tumble
  await page.getByTestId('play').click()
  await tumble.waitFor('running')
  await tumble.waitForSteps(steps)
  await page.getByTestId('play').click()
  await tumble.waitFor('paused')
  return page.evaluate(() => window.gpuLedger.settled())
}

const CELL = `3
Lattice="9 0 0 0 9 0 0 0 9" pbc="T T T" Properties=species:S:1:pos:R:3
O  0.000  0.000  0.119
H  0.000  0.763 -0.477
H  0.000 -0.763 -0.477
`

const fromGallery = async (title: string) => {
  await tumble.page
    .getByTestId('gallery')
    .getByRole('button', { name: new RegExp(title) })
    .click()
  await tumble.waitForStructure(title)
}

const dropModel = async (name: string, path: string) => {
  await tumble.drop({
    name: `${name}.ckpt`,
    content: await readFile(new URL(`../../${path}`, import.meta.url)),
  })
  await tumble.page.getByTestId('model-name').filter({ hasText: name }).waitFor()
}

const stations: Readonly<Record<string, () => Promise<void>>> = {
  'ethanol of the gallery': () => fromGallery('Ethanol'),
  'malonaldehyde of the gallery': () => fromGallery('Malonaldehyde'),
  'a periodic cell from a file': async () => {
    await tumble.drop({ name: 'cell.xyz', content: CELL })
    await tumble.waitForStructure('cell.xyz')
  },
  'the same under a smaller model': () =>
    dropModel('smaller', 'tests/golden/tmdnet/s01_small_water/model.ckpt'),
  'the same under the first model': () => dropModel('first', 'public/models/et-gfn2-small.ckpt'),
}

describe('memory of the page', () => {
  const first = new Map<string, Holdings>()
  /** After the second round: what is compiled once has been. */
  let early: Scripts

  /** Classes that have more live objects than in the second round; a promise may keep one for a moment longer. */
  const grown = async () => {
    const { objects } = await scripts()
    return CLASSES.filter((name) => objects[name] > early.objects[name])
  }
  const expectNoGrowth = async () => {
    await expect.poll(grown, { timeout: 30_000, interval: 1000 }).toEqual([])
    expect((await scripts()).bytes - early.bytes).toBeLessThan(SLACK)
  }

  it(`holds the same on the GPU after each of ${ROUNDS * Object.keys(stations).length} changes as at the first time`, async () => {
    await tumble.page.getByTestId('play').click()
    await tumble.waitFor('paused')
    // Weights bear the name of their file.
    await stations['the same under the first model']()
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, go] of Object.entries(stations)) {
        await go()
        const now = await holdings(4)
        const before = first.get(name)
        if (before) expect(now, `${name}, round ${round + 1}`).toEqual(before)
        else first.set(name, now)
      }
      if (round === 1) early = await scripts()
    }
    // The count is one of something.
    expect(first.get('ethanol of the gallery')?.['buffer positions']).toEqual({ count: 1, size: 144 })
  })

  it('holds no more in its scripts', expectNoGrowth)

  it('holds the same after many frames', async () => {
    expect(await holdings(300)).toEqual(first.get('the same under the first model'))
    await expectNoGrowth()
  })

  it('had nothing to complain about', () => {
    expect(tumble.complaints).toEqual([])
  })
})
