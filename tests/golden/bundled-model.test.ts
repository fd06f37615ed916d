/** The model that comes with the page, against upstream's float64 evaluation of it (tests/golden/et-gfn2-small). */
import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Structure } from '../../src/chemistry/structure.ts'
import { readCheckpoint } from '../../src/formats/read-checkpoint.ts'
import type { Gpu } from '../../src/gpu/gpu.ts'
import { requestNodeGpu } from '../../src/gpu/node.ts'
import { type Evaluation, evaluate } from '../../src/models/evaluate.ts'
import { loadForceField } from '../../src/models/registry.ts'

/** Å, eV, eV/Å; deviations are those of upstream's own float32 run. */
interface ReferenceSystem {
  readonly name: string
  readonly z: readonly number[]
  readonly pos: readonly (readonly number[])[]
  readonly energy: number
  readonly energy_without_atomref: number
  readonly forces: readonly (readonly number[])[]
  readonly f32_pytorch_dev: { readonly max_force: number }
}

const read = (path: string) => readFile(new URL(path, import.meta.url))
const { systems } = JSON.parse((await read('et-gfn2-small/reference.json')).toString()) as {
  systems: readonly ReferenceSystem[]
}
const bytes = new Uint8Array(await read('../../public/models/et-gfn2-small.ckpt'))
const field = loadForceField(await readCheckpoint(bytes, 'et-gfn2-small.ckpt'))

const structureOf = ({ name, z, pos }: ReferenceSystem): Structure => ({
  name,
  atomicNumbers: Uint8Array.from(z),
  positions: Float64Array.from(pos.flat()),
  cell: null,
  periodic: [false, false, false],
})

/** eV per atom: energies are sums of float32 shares of a few eV, each good to a few parts in 10⁷. */
const ENERGY_PER_ATOM = 2e-6

function expectAgreement(system: ReferenceSystem, result: Evaluation): void {
  const atoms = system.z.length
  const constant = system.energy - system.energy_without_atomref
  const expected = system.forces.flat()
  const rms = Math.sqrt(expected.reduce((sum, f) => sum + f * f, 0) / expected.length)
  const allowed = Math.max(4 * system.f32_pytorch_dev.max_force, 2e-5 * rms)
  const forceError = Math.max(...expected.map((f, k) => Math.abs(result.forces[k] - f)))
  const shares = result.atomicEnergies.reduce((sum, e) => sum + e, 0)
  const energyErrors = [
    Math.abs(result.energy - system.energy),
    // The reference energies are added in double precision: the total is as good as the network's part.
    Math.abs(shares - system.energy_without_atomref),
    Math.abs(result.energy - shares - constant),
  ]
  if (process.env.TUMBLE_MEASURE)
    console.log(
      `${system.name}: energy ${(energyErrors[0] / atoms).toExponential(1)} eV/atom, forces ${forceError.toExponential(1)} eV/Å = ${(forceError / system.f32_pytorch_dev.max_force).toFixed(2)} × upstream's float32, ${(forceError / rms).toExponential(1)} of their rms`,
    )
  expect(Math.max(...energyErrors)).toBeLessThanOrEqual(ENERGY_PER_ATOM * atoms)
  expect(forceError).toBeLessThanOrEqual(allowed)
}

describe('bundled model et-gfn2-small', () => {
  let gpu: Gpu
  beforeAll(async () => {
    gpu = await requestNodeGpu()
  })

  test('its card says what it is', () => {
    expect(field.card).toMatchObject({
      architecture: 'TorchMD-NET Equivariant Transformer',
      output: 'energy',
      energyUnit: { inEv: 1 },
    })
    expect(systems.length).toBe(9)
  })

  test.each(systems.map((system) => [system.name, system] as const))('%s', async (_, system) => {
    const [result] = await evaluate(gpu, field, [structureOf(system)])
    expectAgreement(system, result)
  })

  test('all systems in one batch', async () => {
    const results = await evaluate(gpu, field, systems.map(structureOf))
    systems.forEach((system, m) => {
      expectAgreement(system, results[m])
    })
  })
})
