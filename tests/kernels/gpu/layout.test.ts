/** Every shader, linked in every way its flags allow, against what a reflection library reads from it. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { StructInfo } from 'wgsl_reflect/wgsl_reflect.module.js'
import { CLIMBER, RUNG } from '../../../src/dynamics/exchange.ts'
import { EXTERNAL_BYTES } from '../../../src/dynamics/external-forces.ts'
import {
  CONTROL_BYTES,
  CONTROL_HAND,
  CONTROL_PULL,
  CONTROL_PULLED_ATOM,
  CONTROL_SCALE,
  CONTROL_THERMAL,
  OBSERVE_WORKGROUP,
} from '../../../src/dynamics/integrator.ts'
import { FIRE, FIRE_BYTES, FIRE_SETTINGS_BYTES } from '../../../src/dynamics/minimizer.ts'
import { NUDGE_BYTES } from '../../../src/dynamics/nudge.ts'
import { OBSERVABLES, OBSERVABLES_BYTES } from '../../../src/dynamics/observables.ts'
import type { Layout } from '../../../src/dynamics/readback.ts'
import { RUN_BYTES } from '../../../src/dynamics/run-settings.ts'
import { linkShader, shaderNames } from '../../../src/gpu/shaders.ts'
import { defaultTuning } from '../../../src/gpu/tuning.ts'
import {
  OPERATION_BYTES,
  OPERATIONS,
  OperationList,
  type OperationName,
  scalarRows,
} from '../../../src/models/layers/atomwise.ts'
import { ROW_ROOM } from '../../../src/neighbors/cell-list.ts'
import { STATUS_FIELDS } from '../../../src/neighbors/status.ts'
import { SCENE } from '../../../src/viewer/molecule-scene.ts'
import { PAINT } from '../../../src/viewer/painter.ts'
import { PICKED, RAY } from '../../../src/viewer/picker.ts'
import { useGpu } from '../lib/device.ts'
import { expectWithinLimits, LIMITS, reflect } from './lib/shader-limits.ts'

const gpu = useGpu()

/** The largest any caller uses; a shader that fits with it fits with less. */
const WORKGROUP = 256
const plausible: Readonly<Record<string, number>> = {
  ...{
    WORKGROUP,
    HEADS: 8,
    HEAD_WIDTH: 15,
    SLICES: 8,
    TERMS: 6,
    SEGMENTS_PER_ANGSTROM: 3.2,
  },
  ...{ CUTOFF_LOWER: 0, CUTOFF_UPPER: 5, CUTOFF: 5, SCALE: 1, LOWER: 0.5, UPPER: 2, MEAN: 0.5, SLOTS: 8 },
  ROOM: ROW_ROOM,
}

const source = (name: string) =>
  readFileSync(new URL(`../../../shaders/${name}.wgsl`, import.meta.url), 'utf8')

/** Flags of which exactly one is set, and flags of which at most one is. */
const alternatives = [['ZBL', 'D2', 'COULOMB']]
const exclusive = [['ACTIVATE', 'DERIVATIVE']]

/** All settings of the flags a shader asks for. */
function settings(name: string): Record<string, boolean>[] {
  const flags = [...new Set(Array.from(source(name).matchAll(/@if\(!?(\w+)\)/g), ([, flag]) => flag))]
  const all = Array.from({ length: 2 ** flags.length }, (_, bits) =>
    Object.fromEntries(flags.map((flag, k) => [flag, (bits & (1 << k)) !== 0])),
  )
  const set = (group: readonly string[], conditions: Record<string, boolean>) =>
    group.filter((flag) => conditions[flag]).length
  return all.filter(
    (conditions) =>
      alternatives.every(
        (group) => !group.some((flag) => flags.includes(flag)) || set(group, conditions) === 1,
      ) && exclusive.every((group) => set(group, conditions) <= 1),
  )
}

/** Constants a linked shader may import: known ones, and a small number for the rest (strides, bases, counts). */
const constants = new Proxy(plausible, {
  get: (known, name: string) => known[name] ?? 4,
  has: () => true,
})

function constantsOf(names: readonly string[]): Record<string, number> {
  const imported = names.flatMap((name) =>
    Array.from(source(name).matchAll(/import constants::(?:\{([^}]*)\}|(\w+))/g), ([, list, one]) =>
      list ? list.split(',').map((word) => word.trim()) : [one],
    ).flat(),
  )
  return Object.fromEntries(imported.map((name) => [name, constants[name]]))
}

const names = shaderNames()
const allConstants = constantsOf(names)
const entries = names.filter((name) => source(name).includes('@compute'))
const variants = entries.flatMap((name) => settings(name).map((conditions) => ({ name, conditions })))

const link = (name: string, conditions: Record<string, boolean>) =>
  linkShader(name, { constants: constantsFor(name), conditions })

/** The largest workgroup of a shader that keeps more per lane than 256 of them may. */
const constantsFor = (name: string) =>
  name === 'dynamics/observe' ? { ...allConstants, WORKGROUP: OBSERVE_WORKGROUP } : allConstants

test('there are shaders with entry points, and they are found', () => {
  expect(entries.length).toBeGreaterThan(25)
  expect(entries).toContain('et/attention')
  expect(entries.some((name) => name.startsWith('viewer/'))).toBe(true)
})

describe.each(entries)('%s', (name) => {
  test.each(settings(name).map((conditions) => [JSON.stringify(conditions), conditions] as const))(
    '%s',
    async (_, conditions) => {
      const { code } = await link(name, conditions)
      await expectWithinLimits(gpu().device, code, constantsFor(name))
    },
  )
})

describe('structures that TypeScript packs or reads', () => {
  const struct = async (shader: string, name: string): Promise<StructInfo> => {
    const { conditions } = variants.find((variant) => variant.name === shader)!
    const { structs } = reflect((await link(shader, conditions)).code)
    return structs.find((candidate) => candidate.name === name)!
  }
  const fields = ({ members }: StructInfo) => members.map(({ name, offset }) => [name, offset])

  test('System: two u32', async () => {
    expect(fields(await struct('et/attention', 'System'))).toEqual([
      ['atoms', 0],
      ['molecules', 4],
    ])
  })

  test('Edge: 32 bytes (EDGE_BYTES)', async () => {
    const edge = await struct('et/attention', 'Edge')
    expect(edge.size).toBe(32)
    expect(fields(edge)).toEqual([
      ['direction', 0],
      ['distance', 12],
      ['source', 16],
      ['receiver', 20],
      ['image', 24],
    ])
  })

  test('Cell: 24 floats (CELL_FLOATS), rows then inverse', async () => {
    const cell = await struct('neighbors/pairs', 'Cell')
    expect(cell.size).toBe(24 * 4)
    expect(fields(cell)).toEqual([
      ['rows', 0],
      ['inverse', 48],
    ])
  })

  test('Status: a u32 per field of STATUS_FIELDS, in order', async () => {
    const status = await struct('dynamics/settle', 'Status')
    expect(status.size).toBe(STATUS_FIELDS.length * 4)
    expect(fields(status)).toEqual(STATUS_FIELDS.map((name, k) => [name, 4 * k]))
  })

  test('Operation: OPERATION_BYTES; a list of all operations stays within the limits', async () => {
    const list = new OperationList()
    const buffers = Array.from({ length: 4 }, (_, k) => gpu().buffer(`room ${k}`, 256))
    const [buffer] = buffers
    const rows = scalarRows(4)
    const operands = Array.from({ length: 6 }, (_, k) => ({ tensor: { buffer: buffers[k % 4] }, rows }))
    for (const name of Object.keys(OPERATIONS) as OperationName[]) {
      const add = { name, operands, outputs: 4, weights: { buffer }, bias: { buffer } }
      expect(list.add({ ...add, activation: 'silu', flags: ['activate'] })).toBe(true)
    }
    const size = list.size(defaultTuning(false, 9))
    const { constants, conditions } = list.options(defaultTuning(false, 9))
    const { code } = await linkShader('lists/all', {
      constants: { ...allConstants, ...constants },
      conditions,
      modules: { 'lists/all': list.source },
    })
    const reflected = reflect(code)
    const operation = reflected.structs.find((candidate) => candidate.name === 'Operation')!
    expect(operation.size).toBe(OPERATION_BYTES)
    expect(fields(operation).map(([name]) => name)).toEqual([
      'parts',
      'inputs4',
      'outputs4',
      'flags',
      'activation',
      'weights',
      'bias',
      'channels',
      'rows',
    ])
    expect(reflected.storage.length).toBeLessThanOrEqual(LIMITS.storageBuffers)
    expect(size.WORKGROUP).toBeLessThanOrEqual(LIMITS.invocations)
    // One vec4f a lane.
    expect(16 * size.WORKGROUP).toBeLessThanOrEqual(LIMITS.workgroupBytes)
    expect(code.match(/var<workgroup>/g)).toHaveLength(1)
  })

  test('Totals of a head: three vec4f', async () => {
    const totals = await struct('et/heads/dipole_total', 'Totals')
    expect(totals.size).toBe(48)
    expect(fields(totals)).toEqual([
      ['output', 0],
      ['centre', 16],
      ['slope', 32],
    ])
  })

  test('Run: RUN_BYTES, a word per setting', async () => {
    const run = await struct('dynamics/advance', 'Run')
    expect(run.size).toBe(RUN_BYTES)
    expect(fields(run)).toEqual([
      ...[
        'timestep',
        'keep',
        'stir',
        'furthest',
        'thermal_from',
        'thermal_to',
        'ramp_start',
        'ramp_steps',
      ].map((name, k) => [name, 4 * k]),
      ['seed', 32],
      ...[
        ...['thermostat', 'freedom', 'relaxation', 'memory'],
        ...['pressure', 'mobility', 'barostat_interval', 'anisotropic'],
      ].map((name, k) => [name, 40 + 4 * k]),
    ])
  })

  test('Control: CONTROL_BYTES, what is written and read from outside', async () => {
    const control = await struct('dynamics/regulate', 'Control')
    expect(control.size).toBe(CONTROL_BYTES)
    expect(fields(control).slice(0, 2)).toEqual([
      ['strain', 0],
      ['scale', 4 * CONTROL_SCALE],
    ])
    for (const [name, place] of [
      ['thermal', CONTROL_THERMAL],
      ['hand', CONTROL_HAND],
      ['pulled_atom', CONTROL_PULLED_ATOM],
      ['pull', CONTROL_PULL],
    ] as const)
      expect(fields(control)).toContainEqual([name, 4 * place])
  })

  test('External: EXTERNAL_BYTES, pull, wall, stiffness, atom', async () => {
    const outside = await struct('dynamics/external', 'External')
    expect(outside.size).toBe(EXTERNAL_BYTES)
    expect(fields(outside)).toEqual([
      ['pull', 0],
      ['wall', 16],
      ['wall_stiffness', 32],
      ['pulled_atom', 36],
    ])
  })

  test('Observables: four bytes per number of OBSERVABLES, in order', async () => {
    const observables = await struct('dynamics/observe', 'Observables')
    expect(observables.size).toBe(OBSERVABLES_BYTES)
    expect(fields(observables)).toEqual(placesOf(OBSERVABLES))
  })

  test('Rung and Climber of a ladder: four bytes per number, in order', async () => {
    expect(fields(await struct('dynamics/exchange', 'Rung'))).toEqual(placesOf(RUNG))
    expect(fields(await struct('dynamics/exchange', 'Climber'))).toEqual(placesOf(CLIMBER))
  })

  test('Nudge: NUDGE_BYTES, as velocities are changed with', async () => {
    const nudge = await struct('dynamics/nudge', 'Nudge')
    expect(nudge.size).toBe(NUDGE_BYTES)
    expect(fields(nudge)).toEqual([
      ['push', 0],
      ['scale', 12],
      ['seed', 16],
      ['stir', 24],
    ])
  })

  test('Scene, Paint, Ray and Picked, in words, as the picture, painter and picker write and read them', async () => {
    const words = (layout: Readonly<Record<string, number>>) => {
      const { words, ...places } = layout
      const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
      return { size: 4 * words, places: Object.entries(places).map(([name, at]) => [snake(name), 4 * at]) }
    }
    const scene = await struct('viewer/wrap', 'Scene')
    expect({ size: scene.size, places: fields(scene) }).toEqual(words(SCENE))
    const paint = await struct('viewer/paint', 'Paint')
    expect({ size: paint.size, places: fields(paint) }).toEqual(words(PAINT))
    const ray = await struct('viewer/pick', 'Ray')
    expect({ size: ray.size, places: fields(ray) }).toEqual(words(RAY))
    const picked = await struct('viewer/pick', 'Picked')
    const known = fields(picked).filter(([name]) => String(name) in PICKED)
    expect({ size: picked.size, places: known }).toEqual(words(PICKED))
  })

  test('Fire and its settings, as the minimiser writes and reads them', async () => {
    const fire = await struct('dynamics/fire_decide', 'Fire')
    expect(fire.size).toBe(FIRE_BYTES)
    expect(fields(fire)).toEqual(
      placesOf(FIRE).map(([name, offset]) => [
        String(name).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        offset,
      ]),
    )
    const settings = await struct('dynamics/fire_decide', 'FireSettings')
    expect(settings.size).toBe(FIRE_SETTINGS_BYTES)
    expect(fields(settings).map(([name]) => name)).toEqual(['fmax', 'furthest', 'pressure', 'cell'])
  })
})

/** Names and offsets of fields that lie one behind the other. */
function placesOf(layout: Layout): [string, number][] {
  let offset = 0
  return layout.map(([name, width]) => {
    offset += 4 * width
    return [name, offset - 4 * width]
  })
}
