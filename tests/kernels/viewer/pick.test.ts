import { describe, expect, test } from 'vitest'
import { PICKED, RAY } from '../../../src/viewer/picker.ts'
import { useGpu } from '../lib/device.ts'
import { run } from '../lib/run.ts'

const gpu = useGpu()
const WORKGROUP = 32

interface Scene {
  readonly positions: readonly (readonly [number, number, number])[]
  readonly origin: readonly number[]
  readonly direction: readonly number[]
  readonly center?: readonly number[]
  readonly home?: readonly number[]
  /** Cell vectors by which atoms are drawn from where they are: a periodic structure. */
  readonly shifts?: readonly (readonly number[])[]
  readonly images?: readonly number[]
  readonly least?: number
}

/** Spheres of van der Waals radius 1, drawn at half that. */
async function pick(scene: Scene) {
  const { positions, origin, direction, shifts } = scene
  const { center = [0, 0, 0], home = [0, 0, 0], images = [1, 1, 1], least = 0 } = scene
  const ray = new Float32Array(RAY.words)
  ray.set(origin, RAY.origin)
  ray.set(direction, RAY.direction)
  ray.set(home, RAY.home)
  // The columns of a cell of 10 Å.
  for (const axis of [0, 1, 2]) ray[RAY.cell + 5 * axis] = 10
  ray[RAY.ballScale] = 0.5
  ray[RAY.least] = least
  const whole = new Uint32Array(ray.buffer)
  whole[RAY.atoms] = positions.length
  whole.set(images, RAY.images)
  const fours = (w: number) => Float32Array.from(positions.flatMap((p, i) => [...p, w + i]))
  const { picked } = await run(
    gpu(),
    'viewer/pick',
    { constants: { WORKGROUP }, conditions: { PERIODIC: shifts !== undefined } },
    {
      ray,
      positions: fours(0),
      radii: Float32Array.from(positions.flatMap(() => [0.7, 1, 0, 0])),
      ...(shifts
        ? { shifts: Float32Array.from(shifts.flatMap((shift) => [...shift, 0])) }
        : { center: Float32Array.from([...center, 0]) }),
      velocities: fours(100),
      forces: fours(200),
    },
    { picked: new Float32Array(PICKED.words) },
    1,
  )
  const atom = new Uint32Array(picked.buffer, picked.byteOffset)[PICKED.atom]
  const three = (at: number) => Array.from(picked.subarray(at, at + 3))
  const [drawn, way] = [three(PICKED.drawn), three(PICKED.way)]
  return {
    atom: atom - 1,
    drawn,
    way,
    forceW: picked[PICKED.force + 3],
    velocityW: picked[PICKED.velocity + 3],
  }
}

describe('the atom under the pointer', () => {
  // More atoms than the workgroup has lanes, in a row away from the eye; the others are out of the way.
  const row = Array.from({ length: 70 }, (_, i) => [i < 60 ? 50 + i : 0, 0, 60 - i] as const)
  const down = { origin: [0, 0, 10], direction: [0, 0, -1] }

  test('is the first one that the ray meets', async () => {
    // Atoms 60 to 69 lie at z = 0 … −9.
    expect(await pick({ positions: row, ...down })).toMatchObject({ atom: 60, velocityW: 160, forceW: 260 })
    const behind = await pick({ positions: row, origin: [0, 0, -3.2], direction: [0, 0, -1] })
    expect(behind.atom).toBe(64)
  })

  test('is none beside all of them, unless a small one may be caught from nearby', async () => {
    const aside = { positions: row, origin: [0.6, 0, 10], direction: [0, 0, -1] }
    expect((await pick(aside)).atom).toBe(-1)
    expect((await pick({ ...aside, least: 0.7 })).atom).toBe(60)
  })

  test('is looked for where it is drawn', async () => {
    const moved = { positions: row, ...down, origin: [-2, 1.5, 10], center: [2, -1.5, 0] }
    expect(await pick(moved)).toMatchObject({ atom: 60, drawn: [-2, 1.5, 0] })
  })

  test('is drawn in the cell, from where it is by cell vectors', async () => {
    const shifts = row.map(() => [0, 1, 0])
    const moved = { positions: row, ...down, shifts, origin: [-1, 9.5, 10], home: [1, 0.5, 0] }
    expect(await pick(moved)).toMatchObject({ atom: 60, drawn: [-1, 9.5, 0], way: [0, 0, 0] })
    expect((await pick({ ...moved, origin: [-1, -0.5, 10] })).atom).toBe(-1)
  })

  test('may be an image of it, if images are drawn', async () => {
    const shifts = row.map(() => [0, 0, 0])
    const aside = { positions: row, ...down, shifts, origin: [-10, 10, 10] }
    expect((await pick(aside)).atom).toBe(-1)
    // Along z there is one cell only: the first atom that the ray meets is in it.
    const image = { atom: 60, drawn: [-10, 10, 0], way: [-10, 10, 0], velocityW: 160 }
    expect(await pick({ ...aside, images: [3, 3, 1] })).toMatchObject(image)
    expect((await pick({ ...aside, images: [1, 3, 1] })).atom).toBe(-1)
  })
})
