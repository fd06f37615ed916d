import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Host } from '../../../benchmarks/host.ts'
import { generatedCheckpoint } from '../../../benchmarks/models.ts'
import { SYSTEMS, waterBall } from '../../../benchmarks/systems.ts'
import { structureBeside } from '../../../scripts/lib/bench-page.mjs'
import { atomCount } from '../../../src/chemistry/structure.ts'
import { checkStructure } from '../../../src/chemistry/validate.ts'
import { readXyz } from '../../../src/formats/index.ts'
import { loadForceField } from '../../../src/models/registry.ts'

const root = new URL('../../../', import.meta.url).pathname
const host = {
  read: async (path: string) => new Uint8Array(await readFile(join(root, 'public', path))),
} as Host

describe('systems', () => {
  test.each(
    SYSTEMS.filter(({ atoms }) => atoms <= 4000).map(
      (system) => [`${system.name}, ${system.atoms}`, system] as const,
    ),
  )('%s has the atoms it says, and can be simulated', async (_, system) => {
    const structure = await system.make(host)
    expect(atomCount(structure)).toBe(system.atoms)
    expect(structure.periodic).toEqual([system.periodic, system.periodic, system.periodic])
    expect(() => checkStructure(structure)).not.toThrow()
  })

  test('a ball of water is made of whole molecules, and round', async () => {
    const [box] = readXyz(await readFile(join(root, 'public/structures/water-box.xyz'), 'utf8'), 'box')
    const { atomicNumbers, positions } = waterBall(box, 333)
    expect(Array.from(atomicNumbers.subarray(0, 3))).toEqual([8, 1, 1])
    const at = (atom: number) => positions.subarray(3 * atom, 3 * atom + 3)
    const distance = (a: number, b: number) => Math.hypot(...at(a).map((x, k) => x - at(b)[k]))
    for (let oxygen = 0; oxygen < 999; oxygen += 3)
      for (const hydrogen of [1, 2]) expect(distance(oxygen, oxygen + hydrogen)).toBeLessThan(1.3)
    // 333 molecules at the density of the box make a ball of 13.4 Å radius.
    const extents = [0, 1, 2].map((k) => {
      const all = Array.from({ length: 999 }, (_, atom) => positions[3 * atom + k])
      return Math.max(...all) - Math.min(...all)
    })
    for (const extent of extents) expect(extent).toBeGreaterThan(24)
    for (const extent of extents) expect(extent).toBeLessThan(31)
  })
})

test.each(['md17', 'spice'] as const)('weights of %s are made by formula, and load', (name) => {
  const checkpoint = generatedCheckpoint(name)
  expect(loadForceField(checkpoint).card).toMatchObject({
    output: 'energy',
    cutoff: name === 'md17' ? 5 : 10,
  })
  const values = (key: string) => generatedCheckpoint(name).tensors.get(`representation_model.${key}`)!.data
  expect(values('embedding.weight')).toEqual(
    checkpoint.tensors.get('representation_model.embedding.weight')!.data,
  )
})

test('an ONNX file is told its structure by the end of its name', () => {
  const data = join(root, 'public/structures')
  expect(structureBeside(join(data, 'et-gfn2-small-ethanol.onnx'))).toBe(join(data, 'ethanol.xyz'))
  expect(structureBeside(join(data, 'benzene.onnx'))).toBeNull()
})
