/** Output heads: from what the network says of atoms to molecules, and the gradient's start. */
import { describe, expect, test } from 'vitest'
import { plainSlots } from '../../../src/models/layers/slots.ts'
import * as heads from '../../../src/reference/heads.ts'
import { expectClose, expectPaired, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { beside, pack, split, unpack } from '../lib/layout.ts'
import { blank, run, systemOf, UNTOUCHED } from '../lib/run.ts'

const gpu = useGpu()

/** 2.1e-7 measured at worst (extent) */
const BOUND = 6e-7

/** Molecules of 61, 1 and 5 atoms; 67 in all. */
const sizes = [61, 1, 5]
const starts = Uint32Array.of(0, 61, 62, 67)
const batch = Uint32Array.from(sizes.flatMap((size, m) => Array(size).fill(m)))
const N = batch.length
const molecules = { count: sizes.length, batch }
/** shaders/et/heads/totals.wgsl */
const TOTALS_FLOATS = 12
const MEAN = 0.37

const masses = floats('masses', N).map((m) => Math.fround(12 + 10 * m))
const weights = floats('weights', N).map((w) => Math.fround(1.5 + w))
const inputs = { e: floats('e', N), w: floats('w', 3 * N), positions: floats('positions', 3 * N, 6) }
const perAtom = { weights: Float32Array.from(beside(N, weights, masses)) }
const system = systemOf(N, molecules.count)
const atomwise = pack(beside(N, inputs.e, inputs.w), plainSlots(1))
const positions = pack(inputs.positions, plainSlots(3))

/** Final outputs of a head, as in src/reference/et.ts but with a weight of its own for every atom. */
function outputs(head: 'DipoleMoment' | 'ElectronicSpatialExtent' | 'VectorOutput', at: typeof inputs) {
  const width = heads.outputWidth(head)
  const { offsets, shares } = heads.centered(molecules, at.positions, masses)
  const p = heads.atomOutputs(head, at.e, at.w, offsets).map((x, k) => x * weights[Math.floor(k / width)])
  const mean = head === 'DipoleMoment' ? MEAN : 0
  const sums = heads.sumOverMolecules(molecules, p).map((x) => x + mean)
  const gSums = heads.finalOutputsGradient(head, sums)
  const gp = p.map((_, k) => {
    const atom = Math.floor(k / width)
    return gSums[batch[atom] * width + (k % width)] * weights[atom]
  })
  const g = heads.atomOutputsAdjoint(head, at.e, offsets, gp)
  return {
    y: heads.finalOutputs(head, sums),
    gScalars: g.scalars,
    gVectors: g.vectors,
    gPositions: heads.centeredAdjoint(molecules, shares, g.offsets),
  }
}

const ones = (count: number) => new Float64Array(count).fill(1)
/** xyz of vec4s, and their w. */
const xyz = (data: Float32Array) => Float64Array.from(data).filter((_, k) => k % 4 < 3)
const w = (data: Float32Array) => Float64Array.from(data).filter((_, k) => k % 4 === 3)

describe('et/heads', () => {
  test('scalar: seeds and shares', async () => {
    const { seed, outputs: shares } = await run(
      gpu(),
      'et/heads/scalar',
      {},
      { ...perAtom, system, atomwise },
      { seed: blank(16 * N), outputs: blank(4 * N) },
      N,
    )
    const [ge, gw] = split(N, unpack(seed, plainSlots(1)), [1, 3])
    expectClose('scalar, ge', ge, weights, 1e-9)
    expect(gw.every((g) => g === 0)).toBe(true)
    expect(xyz(shares).every((f) => f === 0)).toBe(true)
    expectClose(
      'scalar, shares',
      w(shares),
      inputs.e.map((e, i) => e * weights[i]),
      1.5e-7,
    )
  })

  test('dipole', async () => {
    const expected = outputs('DipoleMoment', inputs)
    const given = { ...perAtom, system, atomwise, positions }
    const { totals } = await run(
      gpu(),
      'et/heads/dipole_total',
      { constants: { MEAN } },
      { ...given, starts },
      { totals: blank(TOTALS_FLOATS * molecules.count) },
      molecules.count,
    )
    const y = [0, 1, 2].map((m) => totals[TOTALS_FLOATS * m])
    expectClose('dipole', y, expected.y, BOUND)
    const result = await run(
      gpu(),
      'et/heads/dipole',
      {},
      { ...given, totals, molecules: batch },
      { seed: blank(16 * N), outputs: blank(4 * N) },
      N,
    )
    const [ge, gw] = split(N, unpack(result.seed, plainSlots(1)), [1, 3])
    const gPositions = xyz(result.outputs).map((f) => -f)
    expectClose('dipole, ge', ge, expected.gScalars, BOUND)
    expectClose('dipole, gw', gw, expected.gVectors, BOUND)
    expectClose('dipole, forces', gPositions, expected.gPositions, BOUND)
    expect(w(result.outputs).every((share) => share === 0)).toBe(true)
    const gradients = { e: ge, w: gw, positions: gPositions }
    expectPaired('dipole', inputs, (at) => outputs('DipoleMoment', at), { y: ones(3) }, gradients)
  })

  test('spatial extent', async () => {
    const expected = outputs('ElectronicSpatialExtent', inputs)
    const given = { ...perAtom, system, positions, atomwise: pack(inputs.e, plainSlots(1)) }
    const { totals } = await run(
      gpu(),
      'et/heads/extent_total',
      {},
      { ...given, starts },
      { totals: blank(TOTALS_FLOATS * molecules.count) },
      molecules.count,
    )
    const y = [0, 1, 2].map((m) => totals[TOTALS_FLOATS * m])
    expectClose('extent', y, expected.y, BOUND)
    const [WIDTH4, VECTOR_STRIDE4, VECTOR_BASE4] = [2, 18, 2]
    const result = await run(
      gpu(),
      'et/heads/extent',
      { constants: { WIDTH4, VECTOR_STRIDE4, VECTOR_BASE4 } },
      { ...given, totals, molecules: batch },
      { seed: blank(4 * N), outputs: blank(4 * N), vector_gradient: blank(4 * VECTOR_STRIDE4 * N) },
      N,
    )
    const ge = unpack(result.seed, plainSlots(1))
    const gPositions = xyz(result.outputs).map((f) => -f)
    expectClose('extent, ge', ge, expected.gScalars, BOUND)
    expectClose('extent, forces', gPositions, expected.gPositions, BOUND)
    expect(w(result.outputs).every((share) => share === 0)).toBe(true)
    const rows = Array.from(result.vector_gradient, (value, k) => {
      const column = Math.floor(k / 4) % VECTOR_STRIDE4
      return column >= VECTOR_BASE4 && column < VECTOR_BASE4 + 3 * WIDTH4 ? value === 0 : value === UNTOUCHED
    })
    expect(rows.every(Boolean), 'rows 1–3 are cleared, the others left alone').toBe(true)
    const gradients = { e: ge, positions: gPositions }
    expectPaired('extent', inputs, (at) => outputs('ElectronicSpatialExtent', at), { y: ones(3) }, gradients)
  })

  test('vector', async () => {
    const expected = outputs('VectorOutput', inputs)
    const { totals } = await run(
      gpu(),
      'et/heads/vector_total',
      {},
      { ...perAtom, system, atomwise, starts },
      { totals: blank(TOTALS_FLOATS * molecules.count) },
      molecules.count,
    )
    const y = [0, 1, 2].flatMap((m) => Array.from(totals.subarray(12 * m, 12 * m + 3)))
    expectClose('vector', y, expected.y, BOUND)
    const result = await run(
      gpu(),
      'et/heads/vector',
      {},
      { ...perAtom, system },
      { seed: blank(16 * N), outputs: blank(4 * N) },
      N,
    )
    const [ge, gw] = split(N, unpack(result.seed, plainSlots(1)), [1, 3])
    expect(ge.every((g) => g === 0)).toBe(true)
    expect(result.outputs.every((f) => f === 0)).toBe(true)
    expectClose('vector, gw', gw, expected.gVectors, 1e-9)
    expectPaired('vector', inputs, (at) => outputs('VectorOutput', at), { y: ones(9) }, { e: ge, w: gw })
  })
})
