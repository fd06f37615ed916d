import { describe, test } from 'vitest'
import type { Cell, Structure } from '../../../src/chemistry/structure.ts'
import type { Prior } from '../../../src/models/et/parameters.ts'
import { ProgramBuilder } from '../../../src/models/layers/program-builder.ts'
import { appendPairPrior } from '../../../src/models/priors/pair-program.ts'
import { AtomBuffers } from '../../../src/neighbors/atom-buffers.ts'
import { NeighborList } from '../../../src/neighbors/neighbor-list.ts'
import type { AtomSystem } from '../../../src/reference/graph.ts'
import { evaluatePrior } from '../../../src/reference/priors.ts'
import { cluster } from '../../unit/reference/systems.ts'
import { expectClose, expectPaired, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'

const gpu = useGpu()

const ANGSTROM = 1e-10
const EV = 1.602176634e-19

type PairPrior = Exclude<Prior, { kind: 'Atomref' }>
const scales = { distanceScale: ANGSTROM, energyScale: EV }
const zbl = (cutoffDistance: number): PairPrior => ({
  ...{ kind: 'ZBL', ...scales, cutoffDistance },
  atomicNumbers: Float64Array.of(0, 1, 6, 8),
})
const d2: PairPrior = {
  ...{ kind: 'D2', ...scales, cutoffDistance: 6 },
  rowOfType: Float64Array.of(0, 1, 2, 0),
  c6: Float64Array.of(0.7, 0.14, 1.75),
  vdwRadius: Float64Array.of(0.1342, 0.1001, 0.1452),
}
const coulomb: PairPrior = {
  ...{ kind: 'Coulomb', ...scales },
  lowerSwitchDistance: 0.18,
  upperSwitchDistance: 0.42,
}

/** Positions in multiples of 2⁻⁸ Å, which neither float32 nor the shift of the origin rounds. */
const exact = (system: AtomSystem): AtomSystem => ({
  ...system,
  positions: system.positions.map((x) => Math.round(x * 256) / 256),
})
const triclinic: Cell = [3.125, 0, 0, 0.5, 3.25, 0, 0.25, -0.375, 2.875]
const open = exact(cluster([60, 2, 5]))
const small = { ...exact(cluster([4])), cells: [triclinic] }
/** Periodic along a and b; the row of c is not zero and must not matter. */
const slab = { ...small, periodic: [true, true, false] as const }

const cases: readonly (readonly [string, PairPrior, AtomSystem])[] = [
  ['ZBL, three molecules', zbl(4), open],
  ['ZBL, small triclinic cell', zbl(5), small],
  ['ZBL, slab', zbl(5), slab],
  ['D2', d2, open],
  ['Coulomb', coulomb, open],
]

describe('priors/pairs', () => {
  test.each(cases)('%s', async (label, prior, system) => {
    const N = system.positions.length / 3
    const molecules = Math.max(...Array.from(system.batch)) + 1
    const types = Uint32Array.from({ length: N }, (_, i) => 1 + (i % 3))
    const charges = floats('charges', N)
    const structures = Array.from({ length: molecules }, (_, m): Structure => {
      const atoms = Array.from(system.batch).flatMap((molecule, i) => (molecule === m ? [i] : []))
      const [first, end] = [atoms[0], atoms[0] + atoms.length]
      return {
        name: `molecule ${m}`,
        atomicNumbers: new Uint8Array(atoms.length).fill(1),
        positions: system.positions.slice(3 * first, 3 * end),
        cell: system.cells[0] ?? null,
        periodic: system.cells.length > 0 ? system.periodic : [false, false, false],
        columns: new Map([['charges', { width: 1, values: charges.slice(first, end) }]]),
      }
    })
    const atoms = new AtomBuffers(gpu(), structures, types)
    const neighbors = await NeighborList.create(gpu(), atoms, { lower: 0, upper: 2 })
    const builder = new ProgramBuilder(gpu(), atoms, neighbors)
    appendPairPrior(builder, prior, types, 1)
    const { dispatches, destroy } = await builder.build()
    // The prior adds to what the network has left.
    const before = { outputs: floats('outputs', 4 * N), virial: floats('virial', 12 * N) }
    gpu().upload(atoms.outputs, Float32Array.from(before.outputs))
    gpu().upload(atoms.virial, Float32Array.from(before.virial))
    gpu().submit(label, dispatches)
    const added = async (buffer: GPUBuffer, held: Float64Array) => {
      const data = new Float32Array(await gpu().read(buffer))
      return held.map((value, k) => data[k] - value)
    }
    const outputs = await added(atoms.outputs, before.outputs)
    const virial = await added(atoms.virial, before.virial)
    destroy()

    const evaluate = (positions: Float64Array) =>
      evaluatePrior(prior, { ...system, positions }, molecules, types, charges)!
    const expected = evaluate(system.positions)
    const energies = new Float64Array(molecules)
    const total = new Float64Array(9)
    for (let i = 0; i < N; i++) {
      energies[system.batch[i]] += outputs[4 * i + 3]
      for (let k = 0; k < 9; k++) total[k] += virial[12 * i + 4 * Math.floor(k / 3) + (k % 3)]
    }
    const gPositions = outputs.filter((_, k) => k % 4 < 3).map((f) => -f)
    expectClose(`${label}, energies`, energies, expected.energies, 3e-7) // 1e-7 measured
    expectClose(`${label}, gradient`, gPositions, expected.gPositions, 2e-6) // 8.6e-7 measured (D2), 3.6e-7 (ZBL)
    expectClose(`${label}, virial`, total, expected.strain, 1e-6) // 3e-7 measured
    expectPaired(
      label,
      { positions: system.positions },
      ({ positions }) => ({ energies: evaluate(positions).energies }),
      { energies: new Float64Array(molecules).fill(1) },
      { positions: gPositions },
    )
    neighbors.destroy()
    atoms.destroy()
  })
})
