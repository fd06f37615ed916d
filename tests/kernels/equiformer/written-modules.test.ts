/** The modules that are written for whole networks, within the limits of every adapter, and with a compiler that takes them. */
import { describe, expect, test, vi } from 'vitest'
import { moleculesOf, whatShapesLeaveOpen } from '../../../src/cli/golden/run.ts'
import type { Dispatch, Kernel, KernelOptions } from '../../../src/gpu/kernel.ts'
import { linkShader } from '../../../src/gpu/shaders.ts'
import { loadForceField } from '../../../src/models/registry.ts'
import { AtomBuffers } from '../../../src/neighbors/atom-buffers.ts'
import { NeighborList } from '../../../src/neighbors/neighbor-list.ts'
import { equiformerCases } from '../../golden/cases.ts'
import { expectWithinLimits } from '../gpu/lib/shader-limits.ts'
import { useGpu } from '../lib/device.ts'

const gpu = useGpu()

/** Nonlinear messages with parity, and dot products, which have kernels for keys. */
const CHOSEN = ['qm9_l2_e3_small', 'dp_md17_l2_small']
const cases = (await equiformerCases()).filter(({ name }) => CHOSEN.includes(name))

test('both networks are here', () => {
  expect(cases).toHaveLength(CHOSEN.length)
})

describe.each(cases)('$name', (golden) => {
  test('written modules', async () => {
    const field = loadForceField(await golden.loadCheckpoint(), { stated: whatShapesLeaveOpen(golden) })
    const structures = moleculesOf(golden).map(({ structure }) => structure)
    const atoms = new AtomBuffers(
      gpu(),
      structures,
      Uint32Array.from(structures.flatMap((structure) => [...field.typesOf(structure)])),
    )
    const neighbors = await NeighborList.create(gpu(), atoms, field.range)

    // What the program asks for, of which nothing is made: that takes a software adapter the most time.
    const asked = new Map<string, readonly [name: string, options: KernelOptions]>()
    // All blocks of a kernel together, which need the most bindings.
    gpu().tuned = { blocksApart: false }
    const spy = vi.spyOn(gpu(), 'kernel').mockImplementation(async (name, options = {}) => {
      // By their text: values and keys have modules of one name.
      for (const [module, text] of Object.entries(options.modules ?? {})) asked.set(text, [module, options])
      return { bind: () => ({ label: name }) as Dispatch } as unknown as Kernel
    })
    const program = await field.compile(gpu(), atoms, neighbors)
    spy.mockRestore()
    gpu().tuned = null

    const written = [...asked.values()].filter(([name]) => name.startsWith('written/'))
    expect(new Set(written.map(([name]) => name)).size).toBeGreaterThanOrEqual(8)
    for (const [name, options] of written) {
      const { code } = await linkShader(name, options)
      await expectWithinLimits(gpu().device, code, options.constants ?? {})
    }
    for (const thing of [program, neighbors, atoms]) thing.destroy()
  })
})
