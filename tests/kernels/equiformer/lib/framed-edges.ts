/** Edges of small systems with their frames, as the reference and as kernels know them. */
import { wignerD } from '../../../../src/models/irreps/rotation.ts'
import { type IrrepsRows, placesInRow } from '../../../../src/models/layers/irreps-rows.ts'
import type { Slots } from '../../../../src/models/layers/slots.ts'
import { type AtomSystem, type EdgeList, reverseEdges } from '../../../../src/reference/graph.ts'
import { type EdgeFrame, edgeFrame } from '../../../../src/reference/irreps/edge-frame.ts'
import { type SystemName, systems, testEdges, UPPER } from '../../lib/edges.ts'

export interface FramedEdges {
  readonly edges: EdgeList
  /** [E]; any frame will do for an atom's edge to itself */
  readonly frames: readonly EdgeFrame[]
  readonly bindings: {
    readonly edges: Uint8Array
    readonly row_starts: Uint32Array
    readonly frames: Float32Array
    readonly reverse: Uint32Array
  }
}

/** A molecule whose edges are no multiple of what a lane takes, and a crystal with images of one neighbour and of oneself. */
export const SYSTEMS = ['five atoms', 'four atoms in a small cell'] as const satisfies readonly SystemName[]

export const framedSystem = (name: SystemName, maxDegree: number): FramedEdges =>
  framedEdges(systems[name], maxDegree)

/** @param maxDegree of the frames' matrices */
export function framedEdges(system: AtomSystem, maxDegree: number, upper = UPPER): FramedEdges {
  const { edges, bindings } = testEdges(system, 0, upper)
  const frames = Array.from({ length: edges.count }, (_, e) =>
    edgeFrame(Array.from(edges.unit.subarray(3 * e, 3 * e + 3))),
  )
  return {
    ...{ edges, frames },
    bindings: {
      ...bindings,
      frames: Float32Array.from(frames.flatMap((frame) => matricesOf(frame, maxDegree))),
      reverse: Uint32Array.from(reverseEdges(edges)),
    },
  }
}

/** D of degrees 1 … maxDegree, as a row of frames has them. */
export const matricesOf = ({ rotation }: EdgeFrame, maxDegree: number): number[] =>
  wignerD(maxDegree, rotation)
    .slice(1)
    .flatMap((d) => [...d])

/** The frame after a turn by x and then z, angles in radians, about its own axes. */
export function turnedFrame(frame: EdgeFrame, x: number, z: number): EdgeFrame {
  const [cx, sx, cz, sz] = [Math.cos(x), Math.sin(x), Math.cos(z), Math.sin(z)]
  const turn = [...[cz, -sz, 0], ...[cx * sz, cx * cz, -sx], ...[sx * sz, sx * cz, cx]]
  const rotation = frame.rotation.map((_, k) =>
    [0, 1, 2].reduce((sum, n) => sum + frame.rotation[k - (k % 3) + n] * turn[3 * n + (k % 3)], 0),
  )
  return { ...frame, rotation }
}

/** Frames turned by [E × 2] angles: what torques are derivatives toward. */
export const turnedFrames = (frames: readonly EdgeFrame[], turns: Float64Array): EdgeFrame[] =>
  frames.map((frame, e) => turnedFrame(frame, turns[2 * e], turns[2 * e + 1]))

/** Calls `change` with every row of features on edges, and joins what it returns. */
export function rowByRow(
  dimension: number,
  x: Float64Array,
  change: (row: Float64Array, e: number) => ArrayLike<number>,
): Float64Array {
  const rows = Array.from({ length: x.length / dimension }, (_, e) =>
    change(x.subarray(e * dimension, (e + 1) * dimension), e),
  )
  return Float64Array.from(rows.flatMap((row) => Array.from(row)))
}

/** Places of a row's elements, for `pack` and `unpack`. */
export const slotsOf = (rows: IrrepsRows): Slots => ({
  ...{ at: Uint32Array.from(placesInRow(rows)), width: rows.width },
})

/** vec4 columns of pulls [E, stride, 4] from `first` to `end`, summed: [E × 4]. */
export function sumOfPulls(pulls: Float32Array, stride: number, first: number, end: number): Float64Array {
  const sums = new Float64Array(pulls.length / stride)
  pulls.forEach((value, k) => {
    const column = Math.floor(k / 4) % stride
    if (column >= first && column < end) sums[4 * Math.floor(k / (4 * stride)) + (k % 4)] += value
  })
  return sums
}

/** One of the four numbers of summed pulls, or several: [E × components]. */
export const componentsOf = (sums: Float64Array, ...components: number[]): Float64Array =>
  Float64Array.from(
    { length: (sums.length / 4) * components.length },
    (_, n) => sums[4 * Math.floor(n / components.length) + components[n % components.length]],
  )
