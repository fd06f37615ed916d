/** The account of a pulling hand: the kernel alone, against the trapezoid of force and way in float64. */
import { expect, test } from 'vitest'
import { EXTERNAL_BYTES } from '../../../src/dynamics/external-forces.ts'
import { CONTROL_BYTES, CONTROL_HAND } from '../../../src/dynamics/integrator.ts'
import { RUN_BYTES } from '../../../src/dynamics/run-settings.ts'
import { STATUS_FIELDS } from '../../../src/neighbors/status.ts'
import { useGpu } from '../lib/device.ts'

const gpu = useGpu()
const TIMESTEP = 0.5
const STIFFNESS = 0.7
type Point = readonly number[]

test('the hand of one atom and then another: what it moves against, and nothing while all stands still', async () => {
  const uniform = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST
  const run = gpu().buffer('run', RUN_BYTES, uniform)
  gpu().upload(run, Float32Array.of(TIMESTEP))
  const outside = gpu().buffer('outside', EXTERNAL_BYTES, uniform)
  const positions = gpu().buffer('positions', 32)
  const velocities = gpu().buffer('velocities', 32)
  const status = gpu().buffer('status', 4 * STATUS_FIELDS.length)
  const controls = gpu().buffer('controls', CONTROL_BYTES)
  const kernel = await gpu().kernel('dynamics/hand')
  const hand = kernel.bind({ run, outside, positions, velocities, status, controls }, [1, 1, 1])

  /** Two atoms drift, the hand is where it is now; what the account says then. */
  const step = async (x: readonly Point[], v: readonly Point[], pull: { atom: number; at: Point } | null) => {
    const rows = (points: readonly Point[]) => Float32Array.from(points.flatMap((point) => [...point, 0.1]))
    gpu().upload(positions, rows(x))
    gpu().upload(velocities, rows(v))
    const words = new ArrayBuffer(EXTERNAL_BYTES)
    if (pull) new Float32Array(words).set([...pull.at, STIFFNESS])
    new Uint32Array(words)[9] = pull?.atom ?? 0
    gpu().upload(outside, new Uint8Array(words))
    gpu().submit('hand', [hand])
    return new Float32Array(await gpu().read(controls))[CONTROL_HAND]
  }
  const middle = (x: Point, v: Point) => x.map((value, k) => value - 0.5 * TIMESTEP * v[k])
  const stretch = (x: Point, at: Point) =>
    0.5 * STIFFNESS * x.reduce((sum, value, k) => sum + (value - at[k]) ** 2, 0)

  const x = [
    [0.1, 0.2, 0.3],
    [2, -1, 0.5],
  ]
  const v = [
    [0.02, -0.01, 0.03],
    [-0.04, 0.02, 0.01],
  ]
  const [first, second] = x.map((at, atom) => middle(at, v[atom]))
  expect(await step(x, v, null)).toBe(0)

  let work = stretch(second, [3, 0, 0])
  expect(await step(x, v, { atom: 1, at: [3, 0, 0] })).toBeCloseTo(work, 5)
  // The hand rests, wherever the atom goes.
  expect(await step([x[0], [5, 5, 5]], v, { atom: 1, at: [3, 0, 0] })).toBeCloseTo(work, 5)

  let from: Point = [3, 0, 0]
  for (const to of [
    [3.2, 0.1, -0.1],
    [2.5, 0.4, -0.2],
    [1, 1, 1],
  ]) {
    to.forEach((_, k) => {
      const force = 0.5 * STIFFNESS * (from[k] - second[k] + (to[k] - second[k]))
      work += force * (to[k] - from[k])
    })
    expect(await step(x, v, { atom: 1, at: to })).toBeCloseTo(work, 5)
    from = to
  }

  // Another atom before a step has seen this one let go.
  work += stretch(first, [0, 0, 2]) - stretch(second, from)
  expect(await step(x, v, { atom: 0, at: [0, 0, 2] })).toBeCloseTo(work, 5)
  // A step that is held up counts nothing; it is counted when it is taken.
  const overflow = 4 * STATUS_FIELDS.indexOf('overflow')
  gpu().upload(status, Uint32Array.of(1), overflow)
  expect(await step(x, v, null)).toBeCloseTo(work, 5)
  gpu().upload(status, Uint32Array.of(0), overflow)
  work -= stretch(first, [0, 0, 2])
  expect(await step(x, v, null)).toBeCloseTo(work, 5)
  for (const buffer of [run, outside, positions, velocities, status, controls]) buffer.destroy()
})
