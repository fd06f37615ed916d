/** What the picture asks of a simulation's attention, on the GPU: when, for whom, and on which scale. */
import { describe, expect, test } from 'vitest'
import type { Structure } from '../../../src/chemistry/structure.ts'
import { Simulation } from '../../../src/dynamics/simulation.ts'
import type { AttentionLinks } from '../../../src/models/attention.ts'
import { AttentionWatch, OPAQUE } from '../../../src/viewer/attention.ts'
import { bundledField, colliding, ethanol } from '../../physics/lib/bundled.ts'
import { useGpu } from '../lib/device.ts'

const gpu = useGpu()

interface Told extends AttentionLinks {
  readonly capacity: number
}

async function watched(structure: Structure = ethanol()) {
  const simulation = await Simulation.create(gpu(), structure, await bundledField())
  const told: Told[] = []
  const watch = new AttentionWatch(gpu(), simulation, (links, capacity) => told.push({ ...links, capacity }))
  const update = () => {
    const dispatches = watch.dispatches()
    gpu().submit('update', dispatches)
    return dispatches.length
  }
  const weights = async () => {
    const link = new Float32Array(await gpu().read(told.at(-1)!.links))
    return Array.from({ length: link.length / 4 }, (_, e) => Array.from(link.subarray(4 * e, 4 * e + 4)))
  }
  return { simulation, told, watch, update, weights }
}

/** Between two atoms: an atom's weight of itself has no line. */
const largest = (weights: readonly (readonly number[])[]) =>
  Math.max(...weights.map(([x, y, z, w]) => (x === 0 && y === 0 && z === 0 ? 0 : Math.abs(w))))

describe('watching attention', () => {
  test('costs nothing before it is wanted, and nothing when it is no longer', async () => {
    const { simulation, told, watch, update } = await watched()
    const steps = simulation.stepDispatches.length
    expect(update()).toBe(0)
    expect(await watch.opaque()).toBeNull()
    expect(told).toEqual([])
    await watch.choose({ layer: 0, head: 1 })
    expect(told.map(({ capacity }) => capacity)).toEqual([simulation.attention!.capacity])
    expect(update()).toBe(2)
    expect(simulation.stepDispatches.length).toBe(steps)
    await watch.choose(null)
    expect(update()).toBe(0)
    expect(await watch.opaque()).toBeNull()
    watch.destroy()
    simulation.destroy()
  })

  test('lines are opaque from half of the largest weight between two atoms on, of each head anew', async () => {
    const { simulation, watch, update, weights, told } = await watched()
    for (const head of [0, 1, 2]) {
      await watch.choose({ layer: 1, head })
      // Asked for before the update that brings it.
      const opaque = watch.opaque()
      update()
      expect(await opaque).toBeCloseTo(OPAQUE * largest(await weights()), 6)
      expect(await opaque).toBeGreaterThan(0)
    }
    expect(told).toHaveLength(1)
    watch.destroy()
    simulation.destroy()
  })

  test('the weights are those of the moment', async () => {
    const { simulation, watch, update, weights } = await watched()
    await watch.choose({ layer: 0, head: 0 })
    update()
    const before = await weights()
    simulation.advance(5)
    update()
    const after = await weights()
    expect(after).not.toEqual(before)
    expect(after.map(([x, y, z]) => Math.hypot(x, y, z))).not.toEqual(
      before.map(([x, y, z]) => Math.hypot(x, y, z)),
    )
    watch.destroy()
    simulation.destroy()
  })

  test('a run that is watched goes as one that is not', async () => {
    const { simulation, watch, update } = await watched()
    const other = await Simulation.create(gpu(), ethanol(), await bundledField())
    await watch.choose({ layer: 1, head: 3 })
    for (let k = 0; k < 4; k++) {
      simulation.advance(3)
      update()
      other.advance(3)
    }
    const [a, b] = [await simulation.snapshot(), await other.snapshot()]
    expect(a.positions).toEqual(b.positions)
    expect(a.forces).toEqual(b.forces)
    watch.destroy()
    for (const one of [simulation, other]) one.destroy()
  })

  test('goes on with larger buffers when the list outgrows its own, whenever it is asked meanwhile', async () => {
    const { simulation, told, watch, update, weights } = await watched(colliding())
    await watch.choose({ layer: 0, head: 0 })
    expect(update()).toBe(2)
    simulation.advance(60)
    let over = false
    const asking = (async () => {
      for (; !over; await gpu().device.queue.onSubmittedWorkDone()) update()
    })()
    const { pairs } = await simulation.observe()
    over = true
    await asking
    await expect.poll(update).toBe(2)
    expect(told).toHaveLength(2)
    expect(told[1].capacity).toBeGreaterThan(told[0].capacity)
    expect((await weights()).filter(([x, y, z]) => x !== 0 || y !== 0 || z !== 0)).toHaveLength(pairs - 30)
    watch.destroy()
    simulation.destroy()
  })

  test('a head that the force field has not is not drawn', async () => {
    const { simulation, told, watch, update } = await watched()
    const { layers, heads } = simulation.attention!
    for (const head of [
      { layer: layers, head: 0 },
      { layer: 0, head: heads },
    ]) {
      await watch.choose(head)
      expect(update()).toBe(0)
      expect(await watch.opaque()).toBeNull()
    }
    expect(told).toEqual([])
    watch.destroy()
    simulation.destroy()
  })
})
