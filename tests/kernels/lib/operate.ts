import { expect } from 'vitest'
import type { Gpu } from '../../../src/gpu/gpu.ts'
import type { Share } from '../../../src/gpu/tuning.ts'
import {
  MOST_OPERATIONS,
  type Operand,
  type Operation,
  type Rows,
} from '../../../src/models/layers/atomwise.ts'
import { ProgramBuilder } from '../../../src/models/layers/program-builder.ts'
import type { AtomBuffers } from '../../../src/neighbors/atom-buffers.ts'
import type { NeighborList } from '../../../src/neighbors/neighbor-list.ts'
import { systemOf, UNTOUCHED } from './run.ts'

/** What an operand holds before, and how its rows lie. */
export interface Given {
  readonly data: Float32Array
  readonly rows: Rows
}

/** Floats behind every operand, which must stay as they are. */
const GUARD = 64

type Settings = Omit<Operation, 'operands' | 'weights' | 'bias'> & {
  readonly weights?: Float32Array
  readonly bias?: Float32Array
}

/** Systems of that many atoms are tested in lists, too: to compile one takes software adapters a second. */
const IN_LISTS = 67
const LISTS: Share = { lanes: 256, atoms: 4 }

/**
 * Carries an operation out alone, and returns what it has left in its operands. In a list it is carried out twice, on two
 * copies of them, which must be left with the same bits: a dispatch of its own has other lanes for an atom than a list has.
 * @param constants of the network
 * @param lists workgroups of lists to try; if left out, those of a GPU for 67 atoms and none for other systems
 */
export async function operate(
  gpu: Gpu,
  atoms: number,
  constants: Readonly<Record<string, number>>,
  { weights, bias, ...settings }: Settings,
  given: readonly Given[],
  lists?: readonly Share[],
): Promise<Float32Array[][]> {
  const packed = pack([weights, bias].filter((part) => part !== undefined))
  const weightBuffer = gpu.bufferFrom('weights', packed.data)
  const tensors = { weights: weights ? 0 : -1, bias: bias ? (weights ? 1 : 0) : -1 }
  const weight = (index: number) =>
    index < 0 ? null : { buffer: weightBuffer, offset: 4 * packed.places[index] }
  const results = await append(
    gpu,
    settings.name,
    atoms,
    constants,
    given.map(({ data }) => data),
    (builder, operands) =>
      builder.operate({
        ...settings,
        operands: given.map(({ rows }, k): Operand => ({ tensor: operands[k], rows })),
        weights: weight(tensors.weights),
        bias: weight(tensors.bias),
      }),
    lists,
  )
  weightBuffer.destroy()
  return results
}

/**
 * Carries out what `write` appends to a program: operations on atoms, each a dispatch of its own, then in lists, which do
 * it on two copies of the tensors. All must be left with what follows the tensors, and two copies with the same bits.
 * @param before what tensors hold
 * @returns what they hold after, for each way
 */
export async function append(
  gpu: Gpu,
  label: string,
  atoms: number,
  constants: Readonly<Record<string, number>>,
  before: readonly Float32Array[],
  write: (builder: ProgramBuilder, tensors: readonly GPUBufferBinding[]) => void,
  lists: readonly Share[] = atoms === IN_LISTS ? [LISTS] : [],
): Promise<Float32Array[][]> {
  const system = gpu.bufferFrom('system', systemOf(atoms), GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST)
  const { data: filled, places } = pack(before)
  const results: Float32Array[][] = []
  let operations = 0
  for (const workgroup of [null, ...lists]) {
    gpu.tuned = { lists: workgroup }
    const copies = workgroup ? 2 : 1
    const only = { atoms, system } as unknown as AtomBuffers
    const builder = new ProgramBuilder(gpu, only, null as unknown as NeighborList, constants)
    const buffers = Array.from({ length: copies }, () => gpu.bufferFrom('operands', filled))
    for (const buffer of buffers)
      write(
        builder,
        before.map((_, k) => ({ buffer, offset: 4 * places[k] })),
      )
    const { dispatches, destroy } = await builder.build()
    if (!workgroup) operations = dispatches.length
    const together = Math.ceil((copies * operations) / MOST_OPERATIONS)
    if (workgroup) expect(dispatches, `lists of ${label}`).toHaveLength(together)
    gpu.submit(label, dispatches)
    for (const buffer of buffers) {
      const after = new Float32Array(await gpu.read(buffer))
      results.push(
        before.map((data, k) => {
          const end = places[k] + data.length
          const guard = after.subarray(end, end + GUARD)
          expect(
            guard.every((x) => x === UNTOUCHED),
            `${label} writes past operand ${k}`,
          ).toBe(true)
          return after.slice(places[k], end)
        }),
      )
      buffer.destroy()
    }
    if (copies > 1) expect(results.at(-1), `${label}, a second time`).toEqual(results.at(-2))
    destroy()
  }
  gpu.tuned = null
  system.destroy()
  return results
}

/** One after the other, with room between them; bindings begin at multiples of 64 floats. */
function pack(parts: readonly Float32Array[]): { data: Float32Array; places: number[] } {
  let size = 0
  const places = parts.map(({ length }) => {
    const place = size
    size = Math.ceil((place + length + GUARD) / 64) * 64
    return place
  })
  const data = new Float32Array(size).fill(UNTOUCHED)
  parts.forEach((part, k) => {
    data.set(part, places[k])
  })
  return { data, places }
}
