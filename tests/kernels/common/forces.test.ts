import { describe, expect, test } from 'vitest'
import {
  buildEdges,
  edgeVectorAdjoint,
  positionsAdjoint,
  strainAdjoint,
} from '../../../src/reference/graph.ts'
import { expectClose, expectPaired, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { systems, testEdges, UPPER } from '../lib/edges.ts'
import { blank, run, systemOf } from '../lib/run.ts'

const gpu = useGpu()

describe.each(Object.entries(systems))('edge gradients to forces and virial, %s', (name, system) => {
  test.each([1, 6])('%i parts per edge', async (parts) => {
    const { edges, bindings } = testEdges(system, 0, UPPER)
    const atoms = edges.atoms
    const gradient = floats('edge gradient', edges.count * parts * 4)
    const gUnit = new Float64Array(3 * edges.count)
    const gDistance = new Float64Array(edges.count)
    gradient.forEach((g, k) => {
      const e = Math.floor(k / (4 * parts))
      if (k % 4 === 3) gDistance[e] += g
      else gUnit[3 * e + (k % 4)] += g
    })
    const given = { system: systemOf(atoms), ...bindings }

    const onEdges = edgeVectorAdjoint(edges, gDistance, gUnit)
    const before = floats('outputs', atoms * 4)
    const { outputs, virial } = await run(
      gpu(),
      'common/gather_forces',
      { constants: { PARTS: parts } },
      { ...given, edge_gradient: Float32Array.from(gradient) },
      { outputs: Float32Array.from(before), virial: blank(atoms * 12) },
      atoms,
    )
    const added = Float64Array.from(outputs, (value, k) => value - before[k])
    expect(
      added.filter((_, k) => k % 4 === 3).every((w) => w === 0),
      'energy shares are kept',
    ).toBe(true)
    const forces = added.filter((_, k) => k % 4 < 3)
    const gPositions = positionsAdjoint(edges, onEdges)
    const scale = floats('1', 1).fill(Math.max(...onEdges.map(Math.abs), 1))
    // A number to measure by is put beside both: the forces of one atom are all 0.
    expectClose(
      `forces, ${name}`,
      [...forces, ...scale],
      [...gPositions.map((g) => -g), ...scale],
      5e-7, // 1.4e-7 measured
    )
    const total = new Float64Array(9)
    for (let i = 0; i < atoms; i++)
      for (let k = 0; k < 9; k++) total[k] += virial[12 * i + 4 * Math.floor(k / 3) + (k % 3)]
    // Rows are those of r u here, those of the gradient in the reference: the same once edges are summed to an energy
    // that does not change under rotation, and these random gradients are no such energy's.
    const strain = strainAdjoint(edges.vector, onEdges)
    const transposed = strain.map((_, k) => strain[3 * (k % 3) + Math.floor(k / 3)])
    expectClose(`virial, ${name}`, [...total, ...scale], [...transposed, ...scale], 6e-7) // 1.7e-7 measured

    expectPaired(
      `forces, ${name}`,
      { positions: system.positions },
      ({ positions }) => {
        const { distance, unit } = buildEdges({ ...system, positions }, 0, UPPER)
        return { distance, unit }
      },
      { distance: gDistance, unit: gUnit },
      { positions: forces.map((f) => -f) },
    )
  })
})
