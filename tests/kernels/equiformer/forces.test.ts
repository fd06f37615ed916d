/** From pulls on edges to forces and virial, for an energy of pairs that depends on directions. */
import { describe, expect, test } from 'vitest'
import { frameLength } from '../../../src/models/equiformer/turn-source.ts'
import type { EdgeList } from '../../../src/reference/graph.ts'
import { positionsAdjoint, strainAdjoint } from '../../../src/reference/graph.ts'
import { expectClose, expectPaired, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { blank, run, systemOf } from '../lib/run.ts'
import { framedSystem, SYSTEMS } from './lib/framed-edges.ts'

const gpu = useGpu()

const MAX_DEGREE = 2
const FRAME = frameLength(MAX_DEGREE)
const COLUMNS = 3

/** Σ_e a_e d² + b_e · e: an edge and its reverse pull differently. [E] and [E × 3] */
const energyOf = (vectors: Float64Array, a: Float64Array, b: Float64Array): number =>
  vectors.reduce((sum, v, k) => sum + a[Math.floor(k / 3)] * v * v + b[k] * v, 0)

/** ∂E/∂e [E × 3]; nothing of an atom's edge to itself. */
const gradientOf = ({ vector, isSelf }: EdgeList, a: Float64Array, b: Float64Array): Float64Array =>
  vector.map((v, k) => (isSelf[Math.floor(k / 3)] ? 0 : 2 * a[Math.floor(k / 3)] * v + b[k]))

describe('equiformer edge gradient and pull', () => {
  test.each(SYSTEMS)('%s', async (system) => {
    const { edges, frames, bindings } = framedSystem(system, MAX_DEGREE)
    const { count: E, atoms: N, vector, distance } = edges
    const [a, b] = [floats('a', E), floats('b', 3 * E)]
    const gradient = gradientOf(edges, a, b)

    // Torque and gradient toward the distance that stand for it, dealt out to columns; w is not looked at.
    const shares = floats('shares', E * COLUMNS)
    const pulls = new Float32Array(4 * E * COLUMNS)
    for (let e = 0; e < E; e++) {
      const inside = [0, 1, 2].map((c) =>
        [0, 1, 2].reduce((sum, k) => sum + frames[e].rotation[3 * k + c] * gradient[3 * e + k], 0),
      )
      // Of an edge to itself, anything: it must not matter.
      const pull = edges.isSelf[e]
        ? [1, 2, 3]
        : [inside[2] * distance[e], inside[1], -inside[0] * distance[e]]
      for (let c = 0; c < 3; c++) {
        let rest = pull[c]
        for (let k = 1; k < COLUMNS; k++) {
          pulls[4 * (e * COLUMNS + k) + c] = shares[e * COLUMNS + k]
          rest -= pulls[4 * (e * COLUMNS + k) + c]
        }
        pulls[4 * e * COLUMNS + c] = rest
      }
      for (let k = 0; k < COLUMNS; k++) pulls[4 * (e * COLUMNS + k) + 3] = 7
    }
    const { row_starts } = bindings
    const { gradients } = await run(
      ...([gpu(), 'equiformer/edge_gradient', { constants: { PULLS: COLUMNS, FRAME } }] as const),
      { system: systemOf(N), row_starts, edges: bindings.edges, frames: bindings.frames, pulls },
      { gradients: blank(4 * E) },
      E,
    )
    const xyz = (rows: Float32Array) => Float64Array.from(rows.filter((_, k) => k % 4 < 3))
    expectClose(`edge gradient, ${system}`, xyz(gradients), gradient, 2.5e-7) // 7.9e-8 measured
    expect(gradients.every((g, k) => k % 4 < 3 || g === 0)).toBe(true)

    const before = floats('outputs', 4 * N)
    const { outputs, virial } = await run(
      ...([gpu(), 'equiformer/pull', {}] as const),
      { system: systemOf(N), row_starts, edges: bindings.edges, reverse: bindings.reverse, gradients },
      { outputs: Float32Array.from(before), virial: blank(12 * N) },
      N,
    )
    const forces = xyz(outputs).map((f, k) => f - before[4 * Math.floor(k / 3) + (k % 3)])
    expectClose(
      `forces, ${system}`,
      forces,
      positionsAdjoint(edges, gradient).map((g) => -g),
      4e-7, // 1.1e-7 measured
    )
    expect(outputs.every((value, k) => k % 4 < 3 || value === Math.fround(before[k]))).toBe(true)
    const strain = new Float64Array(9)
    virial.forEach((value, k) => {
      if (k % 4 < 3) strain[3 * (Math.floor(k / 4) % 3) + (k % 4)] += value
    })
    // Row and column are each other's where the energy does not change when everything turns, and this one does.
    const expected = strainAdjoint(vector, gradient)
    const transposed = expected.map((_, k) => expected[3 * (k % 3) + Math.floor(k / 3)])
    expectClose(`virial, ${system}`, strain, transposed, 2e-7) // 6.6e-8 measured
    // Where other kernels look for the force, it is once more.
    const besideVirial = virial.filter((_, k) => k % 4 === 3)
    expectClose(`forces beside the virial, ${system}`, besideVirial, forces, 3e-7) // 9.4e-8 measured

    // The energy itself, so that a wrong reference cannot hide a wrong kernel.
    const moved = (inputs: { places: Float64Array }) => ({
      energy: Float64Array.of(
        -energyOf(
          vector.map((v, k) => {
            const e = Math.floor(k / 3)
            const [i, j] = [edges.receiver[e], edges.source[e]]
            return v + inputs.places[3 * j + (k % 3)] - inputs.places[3 * i + (k % 3)]
          }),
          a.map((value, e) => (edges.isSelf[e] ? 0 : value)),
          b,
        ),
      ),
    })
    expectPaired(
      `forces, ${system}`,
      { places: new Float64Array(3 * N) },
      moved,
      { energy: Float64Array.of(1) },
      {
        places: forces,
      },
    )
  })
})
