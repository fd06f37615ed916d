/**
 * The float64 reference as a server of energies and forces, for `nve.py`: the first line it writes is the start of a
 * system, then every line it reads, [[x, y, z], …] in Å, is answered by {"energy": eV, "forces": [[x, y, z], …] eV/Å}.
 * Numbers pass as the shortest decimals that give the same float64 back. Run from the root of the repository.
 */
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { massesOf } from '../../../src/chemistry/center.ts'
import { drawVelocities } from '../../../src/dynamics/velocities.ts'
import { readCheckpoint, readXyz } from '../../../src/formats/index.ts'
import { readEtParameters } from '../../../src/models/et/read-parameters.ts'
import { loadForceField } from '../../../src/models/registry.ts'
import { evaluateEt } from '../../../src/reference/et.ts'
import { etWeights } from '../../../src/reference/et-weights.ts'

const rows = (flat: ArrayLike<number>): number[][] =>
  Array.from({ length: flat.length / 3 }, (_, i) => [flat[3 * i], flat[3 * i + 1], flat[3 * i + 2]])

const [path, temperature, seed] = process.argv.slice(2)
const name = 'et-gfn2-small.ckpt'
const checkpoint = await readCheckpoint(new Uint8Array(await readFile(`public/models/${name}`)), name)
const parameters = readEtParameters(checkpoint)
const weights = etWeights(parameters)
const field = loadForceField(checkpoint)
const structure = readXyz(await readFile(path, 'utf8'), path)[0]
const { cell, periodic } = structure
const types = field.typesOf(structure)

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

say({
  numbers: Array.from(structure.atomicNumbers),
  masses: Array.from(massesOf(structure)),
  cell,
  periodic,
  positions: rows(structure.positions),
  velocities: rows(drawVelocities(structure, Number(temperature), Number(seed))),
})
for await (const line of createInterface({ input: process.stdin })) {
  const positions = Float64Array.from((JSON.parse(line) as number[][]).flat())
  const { output, forces } = evaluateEt(
    parameters,
    { types, positions, cells: cell ? [cell] : [], periodic },
    weights,
  )
  const { inEv } = field.card.energyUnit
  say({ energy: output[0][0] * inEv, forces: rows(forces.map((f) => f * inEv)) })
}
