import { checkCell } from '../chemistry/cell.ts'
import type { Cell, Periodicity, Structure } from '../chemistry/structure.ts'
import { InputError } from '../errors.ts'
import { readSafetensors, type Tensor, writeSafetensors } from '../formats/index.ts'
import type { TimestepChange } from './run-clock.ts'
import type { SimulationOptions } from './types.ts'

/** What a state file calls itself; the number changes when older files can no longer be read. */
const FORMAT = 'tumble state 1'
/** Names of tensors that are columns of the structure begin so. */
const COLUMN = 'start.columns.'

/**
 * Everything that decides how a run goes on: positions with the rounding they carry, velocities, cell, thermostat,
 * barostat, the step that random numbers are counted by.
 */
export interface SimulationState {
  /** The structure the run began with. */
  readonly structure: Structure
  /** The settings that are in force now. */
  readonly options: SimulationOptions
  readonly step: number
  readonly clock: readonly TimestepChange[]
  /** Step at which the temperature ramp began. */
  readonly rampStart: number
  readonly seed: number
  /** Contents of the buffers of src/dynamics/slot.ts, word by word. */
  readonly contents: Readonly<Record<string, Uint32Array>>
}

/** The state as a .safetensors file, exact to the bit. */
export function writeState({ structure, contents, ...rest }: SimulationState): Uint8Array {
  const { name, atomicNumbers, positions, cell, periodic, masses, velocities, columns, info } = structure
  const tensor = (dtype: string, data: Tensor['data']): Tensor => ({ dtype, shape: [data.length], data })
  const tensors = new Map<string, Tensor>([
    ['atomic_numbers', tensor('uint8', atomicNumbers)],
    ['start.positions', tensor('float64', positions)],
    ...(masses ? [['start.masses', tensor('float64', masses)] as const] : []),
    ...(velocities ? [['start.velocities', tensor('float64', velocities)] as const] : []),
    ...Array.from(columns ?? [], ([key, { width, values }]) => {
      const data: Tensor = { dtype: 'float64', shape: [values.length / width, width], data: values }
      return [`${COLUMN}${key}`, data] as const
    }),
    ...Object.entries(contents).map(
      ([key, words]) =>
        [
          `state.${key}`,
          tensor('int32', new Int32Array(words.buffer, words.byteOffset, words.length)),
        ] as const,
    ),
  ])
  return writeSafetensors(tensors, {
    format: FORMAT,
    tumble_state: JSON.stringify({ name, cell, periodic, info: [...(info ?? [])], ...rest }),
  })
}

/**
 * @param name of the file, for messages
 * @throws InputError for a file that is no state of a simulation
 */
export function readState(bytes: Uint8Array, name: string): SimulationState {
  const { tensors, metadata } = readSafetensors(bytes, name)
  const refuse = (): never => {
    throw new InputError(
      `${name} is not a state that Tumble has saved; use a file written with --save-state.`,
    )
  }
  if (metadata.format !== FORMAT || typeof metadata.tumble_state !== 'object') refuse()
  const about = metadata.tumble_state as unknown as Omit<SimulationState, 'structure' | 'contents'> & {
    name: string
    cell: Cell | null
    periodic: Periodicity
    info: readonly (readonly [string, string])[]
  }
  const floats = (key: string) => {
    const data = tensors.get(key)?.data
    return data === undefined || data instanceof Float64Array ? data : refuse()
  }
  const atomicNumbers = tensors.get('atomic_numbers')?.data
  const positions = floats('start.positions')
  if (!(atomicNumbers instanceof Uint8Array) || positions?.length !== 3 * atomicNumbers.length)
    return refuse()
  if (about.cell) checkCell(about.cell, name)
  const { name: title, cell, periodic, info, ...rest } = about
  const contents: Record<string, Uint32Array> = {}
  const columns = new Map<string, { width: number; values: Float64Array }>()
  for (const [key, { data, shape }] of tensors) {
    if (key.startsWith(COLUMN) && data instanceof Float64Array)
      columns.set(key.slice(COLUMN.length), { width: shape[1], values: data })
    if (!key.startsWith('state.')) continue
    if (!(data instanceof Int32Array)) return refuse()
    contents[key.slice('state.'.length)] = new Uint32Array(data.buffer, data.byteOffset, data.length)
  }
  const [masses, velocities] = [floats('start.masses'), floats('start.velocities')]
  const structure: Structure = {
    name: title,
    atomicNumbers,
    positions,
    cell,
    periodic,
    ...(masses && { masses }),
    ...(velocities && { velocities }),
    ...(columns.size > 0 && { columns }),
    info: new Map(info),
  }
  return { structure, contents, ...rest }
}
