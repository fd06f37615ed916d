import { expect, test } from 'vitest'
import { readState, type SimulationState, writeState } from '../../../src/dynamics/state.ts'
import { writeSafetensors } from '../../../src/formats/index.ts'

const state: SimulationState = {
  structure: {
    name: 'two atoms',
    atomicNumbers: Uint8Array.of(1, 8),
    positions: Float64Array.of(0, 0.1, 1 / 3, 1, 2, 3),
    cell: [9, 0, 0, 1, 9, 0, 0, 2, 9],
    periodic: [true, true, false],
    masses: Float64Array.of(2.014, 15.999),
    velocities: Float64Array.of(1e-3, 0, 0, 0, -1e-5, 0),
    columns: new Map([['formal_charges', { width: 1, values: Float64Array.of(1, -1) }]]),
    info: new Map([['comment', 'für später']]),
  },
  options: { timestep: 0.25, thermostat: { kind: 'bussi', temperature: 310, relaxation: 80 }, fixed: [1] },
  step: 4_000_000_000,
  clock: [{ step: 0, time: 0, timestep: 0.25 }],
  rampStart: 7,
  seed: 2 ** 40 + 1,
  // Words that are no numbers as floats: a NaN and −0.
  contents: { positions: Uint32Array.of(0x7fc00001, 0x80000000, 3, 4), control: Uint32Array.of(1, 2, 3, 4) },
}

test('a state is read as it was written, bit for bit', () => {
  expect(readState(writeState(state), 'state')).toEqual(state)
})

test('a model, and a state whose parts do not fit together, are refused by name', () => {
  const model = writeSafetensors(
    new Map([['weight', { dtype: 'float32', shape: [1], data: Float32Array.of(1) }]]),
  )
  expect(() => readState(model, 'model.safetensors')).toThrow(
    /model.safetensors is not a state that Tumble has saved/,
  )
  const short = { ...state, structure: { ...state.structure, positions: Float64Array.of(1, 2, 3) } }
  expect(() => readState(writeState(short), 'short')).toThrow(/short is not a state/)
})
