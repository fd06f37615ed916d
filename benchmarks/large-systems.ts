/**
 * How memory and time grow with the number of atoms: the periodic water box of the gallery, repeated. A repeated box has
 * the same energy per atom as the box, so that a list that lost a pair would show.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { atomCount, type Structure } from '../src/chemistry/structure.ts'
import { Simulation } from '../src/dynamics/simulation.ts'
import { readCheckpoint, readXyz } from '../src/formats/index.ts'
import { requestNodeGpu } from '../src/gpu/node.ts'
import { loadForceField } from '../src/models/registry.ts'
import { BufferAccount } from './lib/memory.ts'

/** Repeats along each axis: 1,152, 10,080 and 51,744 atoms. */
const SIZES = [
  [2, 2, 3],
  [3, 5, 7],
  [7, 7, 11],
] as const

/** Steps that are timed, after one that is not; the quickest counts, because other programs only ever add. */
const STEPS = 3

export interface SizeResult {
  readonly atoms: number
  /** directed pairs within the cutoff, self pairs included, per atom */
  readonly pairsPerAtom: number
  readonly bytesPerAtom: number
  /** of the weights and tables, which do not grow */
  readonly bytesOfModel: number
  readonly dispatchesPerStep: number
  /** what one look at the observables copies back */
  readonly bytesPerReport: number
  /** s */
  readonly secondsPerStep: number
  readonly microsecondsPerAtom: number
  /** eV, of the start */
  readonly energyPerAtom: number
  readonly largestBuffers: readonly { readonly label: string; readonly bytes: number }[]
}

export interface LargeSystems {
  readonly adapter: string
  readonly model: string
  readonly sizes: readonly SizeResult[]
}

export async function largeSystems(root: string, most = Number.POSITIVE_INFINITY): Promise<LargeSystems> {
  const read = async (path: string) => new Uint8Array(await readFile(join(root, 'public', path)))
  const model = 'et-gfn2-small.safetensors'
  const field = await loadForceField(await readCheckpoint(await read(`models/${model}`), model))
  const text = new TextDecoder().decode(await read('structures/water-box.xyz'))
  const [box] = readXyz(text, 'water-box.xyz')
  const sizes: SizeResult[] = []
  let adapter = ''
  for (const repeats of SIZES) {
    const structure = repeated(box, repeats)
    if (atomCount(structure) > most) continue
    // A device for each: nothing that one size leaves behind touches the next.
    const gpu = await requestNodeGpu()
    adapter = gpu.adapterName
    const account = new BufferAccount(gpu.device)
    const simulation = await Simulation.create(gpu, structure, field, { temperature: 300, timestep: 0.5 })
    const first = await simulation.observe()
    const times: number[] = []
    let readBack = 0
    for (let step = 0; step <= STEPS; step++) {
      const started = performance.now()
      const before = account.readBack
      simulation.advance(1)
      const report = await simulation.observe()
      readBack = account.readBack - before
      if (report.fault) throw new Error(report.fault)
      if (step > 0) times.push((performance.now() - started) / 1000)
    }
    const atoms = atomCount(structure)
    const largestBuffers = account.largest(6)
    const bytesOfModel = account
      .largest(Number.POSITIVE_INFINITY)
      .reduce((sum, { label, bytes }) => (/weights|tables?/i.test(label) ? sum + bytes : sum), 0)
    sizes.push({
      atoms,
      pairsPerAtom: first.pairs / atoms,
      bytesPerAtom: (account.bytes - bytesOfModel) / atoms,
      bytesOfModel,
      dispatchesPerStep: simulation.stepDispatches.length,
      bytesPerReport: readBack,
      secondsPerStep: Math.min(...times),
      microsecondsPerAtom: (Math.min(...times) / atoms) * 1e6,
      energyPerAtom: first.potentialEnergy / atoms,
      largestBuffers,
    })
    process.stderr.write(`${atoms} atoms done\n`)
    simulation.destroy()
    gpu.destroy()
  }
  return { adapter, model: field.card.title, sizes }
}

/** The box beside itself, so many times along each of its vectors. */
function repeated(box: Structure, [na, nb, nc]: readonly [number, number, number]): Structure {
  const cell = box.cell!
  const shifts: number[][] = []
  for (let a = 0; a < na; a++)
    for (let b = 0; b < nb; b++)
      for (let c = 0; c < nc; c++)
        shifts.push([0, 1, 2].map((k) => a * cell[k] + b * cell[3 + k] + c * cell[6 + k]))
  const atoms = atomCount(box)
  const atomicNumbers = new Uint8Array(atoms * shifts.length)
  const positions = new Float64Array(3 * atoms * shifts.length)
  shifts.forEach((shift, copy) => {
    atomicNumbers.set(box.atomicNumbers, copy * atoms)
    positions.set(
      box.positions.map((x, i) => x + shift[i % 3]),
      3 * copy * atoms,
    )
  })
  const grown = cell.map((x, i) => x * [na, nb, nc][Math.floor(i / 3)]) as unknown as Structure['cell']
  return { name: 'water', atomicNumbers, positions, cell: grown, periodic: box.periodic }
}
