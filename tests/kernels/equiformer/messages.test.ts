/** Gates, logits and attention weights on edges, and their adjoints, against float64. */
import { describe, expect, test } from 'vitest'
import { gatePieces, PIECE_WORDS } from '../../../src/models/equiformer/edge-gate.ts'
import { parseIrreps } from '../../../src/models/irreps/parse-irreps.ts'
import { gateRows } from '../../../src/models/layers/gate-rows.ts'
import { headSlots } from '../../../src/models/layers/slots.ts'
import {
  attentionLogits,
  attentionLogitsAdjoint,
} from '../../../src/reference/equiformer/attention-logits.ts'
import { edgeSoftmax, edgeSoftmaxAdjoint } from '../../../src/reference/irreps/edge-softmax.ts'
import { gate, gateAdjoint } from '../../../src/reference/irreps/gate.ts'
import { expectClose, expectPaired, floats, rounded } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { pack, unpack } from '../lib/layout.ts'
import { blank, run, systemOf, UNTOUCHED } from '../lib/run.ts'
import { framedSystem, SYSTEMS, slotsOf } from './lib/framed-edges.ts'

const gpu = useGpu()

/** Rows of `width` floats with room for others behind each, which must stay as it is. */
function spaced(rows: Float32Array, width: number, room: number): Float32Array {
  const out = blank((rows.length / width) * (width + room))
  rows.forEach((value, k) => {
    out[Math.floor(k / width) * (width + room) + (k % width)] = value
  })
  return out
}

/** The inverse of {@link spaced}. */
function tight(rows: Float32Array, width: number, room: number): Float32Array {
  const inside = (k: number) => k % (width + room) < width
  expect(
    rows.every((value, k) => inside(k) || value === UNTOUCHED),
    'room behind rows',
  ).toBe(true)
  return rows.filter((_, k) => inside(k))
}

/** Floats behind what a gate reads. */
const ROOM = 8

describe('equiformer gate', () => {
  // With parity, and neighbouring blocks of one irrep that are one block of what is read.
  test.each(['5x0e+3x0o+3x1o+2x1e+2x2e', '2x0e+3x1o+2x1o+3x0e'])('to %s', async (text) => {
    const irreps = parseIrreps(text)
    const rows = gateRows(irreps)
    const { edges, bindings } = framedSystem('five atoms', 1)
    const { count: E, atoms: N } = edges
    const x = floats('x', E * rows.input.irreps.dimension, 3)
    const pieces = gatePieces(rows)
    const blocks = pieces.length / PIECE_WORDS
    const stride = rows.input.width + ROOM
    const options = { constants: { UNGATED4: stride / 4, GATED4: rows.output.width / 4 } }
    const threads = (E * Math.max(...rows.output.blocks.map(({ width }) => width))) / 4
    const [input, output] = [slotsOf(rows.input), slotsOf(rows.output)]
    const ungated = spaced(pack(x, input), input.width, ROOM)
    const given = { system: systemOf(N), row_starts: bindings.row_starts, pieces, ungated }
    const { gated } = await run(
      ...([gpu(), 'equiformer/gate', options, given] as const),
      { gated: blank(E * output.width) },
      threads,
      blocks,
    )
    expectClose(`gate ${text}`, unpack(gated, output), gate(irreps, x), 4e-7) // 1.3e-7 measured

    const gy = floats('gy', E * irreps.dimension)
    const back = await run(
      ...([gpu(), 'equiformer/gate_adjoint', options] as const),
      { ...given, gated_gradient: pack(gy, output) },
      { ungated_gradient: blank(E * stride) },
      threads,
      blocks,
    )
    const gx = unpack(tight(back.ungated_gradient, input.width, ROOM), input)
    expectClose(`gate ${text}, adjoint`, gx, gateAdjoint(irreps, x, gy), 4e-7) // 1.3e-7 measured
    expectPaired(`gate ${text}`, { x }, (inputs) => ({ y: gate(irreps, inputs.x) }), { y: gy }, { x: gx })
  })
})

describe('equiformer logits', () => {
  test.each([
    [1, 5],
    [3, 4],
    [4, 6],
  ])('%i heads of %i', async (heads, channels) => {
    const label = `logits, ${heads} heads of ${channels}`
    const { edges, bindings } = framedSystem('five atoms', 1)
    const { count: E, atoms: N } = edges
    const slots = headSlots(heads, channels)
    const before = 4
    const stride = before + slots.width + ROOM
    const constants = {
      HEADS: heads,
      STRIDE4: stride / 4,
      FIRST4: before / 4,
      ALPHA4: slots.width / heads / 4,
    }
    const alpha = floats('alpha', E * heads * channels, 3)
    const alphaDot = floats('alpha dot', heads * channels)
    const features = blank(E * stride)
    pack(alpha, slots).forEach((value, k) => {
      features[Math.floor(k / slots.width) * stride + before + (k % slots.width)] = value
    })
    const given = {
      ...{ system: systemOf(N), row_starts: bindings.row_starts, features },
      alpha_dot: pack(alphaDot, slots),
    }
    const { logits } = await run(
      ...([gpu(), 'equiformer/logits', { constants }, given] as const),
      { logits: blank(E * heads) },
      E * heads,
    )
    expectClose(label, logits, attentionLogits(alphaDot, heads, alpha), 3e-7) // 9.5e-8 measured

    const seeds = floats('gradient of logits', E * heads)
    const { gradient } = await run(
      ...([gpu(), 'equiformer/logits_adjoint', { constants }] as const),
      { ...given, logits: Float32Array.from(seeds) },
      { gradient: blank(E * stride) },
      (E * slots.width) / 4,
    )
    const within = (k: number) => k % stride >= before && k % stride < before + slots.width
    expect(gradient.every((value, k) => within(k) || value === UNTOUCHED)).toBe(true)
    const gAlpha = unpack(
      gradient.filter((_, k) => within(k)),
      slots,
    )
    expectClose(`${label}, adjoint`, gAlpha, attentionLogitsAdjoint(alphaDot, heads, alpha, seeds), 4e-7) // 1.2e-7 measured
    expectPaired(
      ...([
        label,
        { alpha },
        (inputs: { alpha: Float64Array }) => ({ z: attentionLogits(alphaDot, heads, inputs.alpha) }),
      ] as const),
      ...([{ z: seeds }, { alpha: gAlpha }] as const),
    )
  })
})

describe('equiformer softmax', () => {
  test.each([...SYSTEMS, 'one atom'] as const)('%s', async (system) => {
    const heads = 3
    const { edges, bindings } = framedSystem(system, 1)
    const { count: E, atoms: N, isSelf } = edges
    const { row_starts } = bindings
    // Large ones, whose exponentials alone would be too large; a self edge's may be anything.
    const logits = rounded(
      floats('logits', E * heads, 4).map((z, k) => (isSelf[Math.floor(k / heads)] ? 300 : z + 90)),
    )
    const real = (values: ArrayLike<number>) =>
      Float64Array.from(values).filter((_, k) => !isSelf[Math.floor(k / heads)])
    const receiver = edges.receiver.filter((_, e) => !isSelf[e])
    const constants = { HEADS: heads }
    const { weights } = await run(
      ...([gpu(), 'equiformer/softmax', { constants }] as const),
      { system: systemOf(N), row_starts, edges: bindings.edges },
      { weights: Float32Array.from(logits) },
      N * heads,
    )
    const expected = edgeSoftmax(receiver, real(logits))
    expectClose(`softmax, ${system}`, real(weights), expected, 2.5e-7) // 8.1e-8 measured
    expect(weights.every((weight, k) => !isSelf[Math.floor(k / heads)] || weight === 0)).toBe(true)

    const seeds = floats('gradient of weights', E * heads)
    const { gradient } = await run(
      ...([gpu(), 'equiformer/softmax_adjoint', { constants }] as const),
      { system: systemOf(N), row_starts, weights },
      { gradient: Float32Array.from(seeds) },
      N * heads,
    )
    const gLogits = real(gradient)
    expectClose(
      `softmax adjoint, ${system}`,
      gLogits,
      edgeSoftmaxAdjoint(receiver, expected, real(seeds)),
      6e-7, // 1.8e-7 measured
    )
    expect(gradient.every((g, k) => !isSelf[Math.floor(k / heads)] || g === 0)).toBe(true)
    expectPaired(
      `softmax, ${system}`,
      { logits: real(logits) },
      (inputs) => ({ weights: edgeSoftmax(receiver, inputs.logits) }),
      ...([{ weights: real(seeds) }, { logits: gLogits }] as const),
    )
  })
})
