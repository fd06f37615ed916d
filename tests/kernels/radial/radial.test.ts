/** Cutoff and tabulated filters, called from a shader that only this test has. */
import { describe, expect, test } from 'vitest'
import { tabulateFilters } from '../../../src/models/et/filters.ts'
import { headSlots } from '../../../src/models/layers/slots.ts'
import { activations } from '../../../src/reference/activations.ts'
import {
  cosineCutoff,
  cosineCutoffDerivative,
  type RadialBasis,
  radialFunction,
} from '../../../src/reference/radial.ts'
import { expectClose, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { blank, run } from '../lib/run.ts'

const gpu = useGpu()

const cutoffProbe = `
import package::radial::cutoff::{cosine_cutoff, sin_pi, cos_pi};
import constants::{WORKGROUP, LOWER, UPPER};
@group(0) @binding(0) var<storage, read> r: array<f32>;
@group(0) @binding(1) var<storage, read_write> cutoffs: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> waves: array<vec2f>;
@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if id.x >= arrayLength(&r) { return; }
  cutoffs[id.x] = cosine_cutoff(r[id.x], LOWER, UPPER);
  let s = f32(id.x) / f32(arrayLength(&r) - 1u) - 0.5;
  waves[id.x] = vec2f(sin_pi(s), cos_pi(s));
}`

const tableProbe = `
import package::radial::table::{SEGMENTS, place_in, segment_of};
import constants::{WORKGROUP, WIDTH4, SEGMENTS_PER_ANGSTROM, TERMS};
@group(0) @binding(0) var<storage, read> r: array<f32>;
@group(0) @binding(1) var<storage, read> filters: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> values: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> slopes: array<vec4f>;
@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x / WIDTH4;
  if i >= arrayLength(&r) { return; }
  let place = place_in(filters[segment_of(r[i], SEGMENTS_PER_ANGSTROM)], r[i]);
  let at = SEGMENTS + place.interval * TERMS * WIDTH4 + id.x % WIDTH4;
  var value = filters[at + (TERMS - 1u) * WIDTH4];
  var slope = vec4f(0.0);
  for (var k = TERMS - 1u; k > 0u; k--) {
    slope = slope * place.t + value;
    value = value * place.t + filters[at + (k - 1u) * WIDTH4];
  }
  values[id.x] = value;
  slopes[id.x] = slope * place.rate;
}`

describe('radial/cutoff', () => {
  test.each([
    [0, 5],
    [0, 8.5],
    [1.25, 5],
    [0.5, 4.5],
  ])('%f to %f Å', async (LOWER, UPPER) => {
    const count = 4096
    // A little beyond both ends.
    const r = Float64Array.from({ length: count }, (_, k) => Math.fround((k / (count - 2)) * UPPER * 1.02))
    r[count - 1] = Math.fround(UPPER)
    r[count - 2] = Math.fround(LOWER)
    const { cutoffs, waves } = await run(
      gpu(),
      'tests/cutoff',
      { constants: { LOWER, UPPER }, modules: { 'tests/cutoff': cutoffProbe } },
      { r: Float32Array.from(r) },
      { cutoffs: blank(2 * count), waves: blank(2 * count) },
      count,
    )
    const lane = (data: Float32Array, offset: number) => data.filter((_, k) => k % 2 === offset)
    expectClose(
      `C, ${LOWER} to ${UPPER}`,
      lane(cutoffs, 0),
      r.map((x) => cosineCutoff(x, LOWER, UPPER)),
      6e-7, // 2.7e-7 measured (1.2e-7 without a lower cutoff)
    )
    expectClose(
      `dC/dr, ${LOWER} to ${UPPER}`,
      lane(cutoffs, 1),
      r.map((x) => cosineCutoffDerivative(x, LOWER, UPPER)),
      1.5e-6, // 6.2e-7 measured (1.7e-7 without a lower cutoff)
    )
    expect([...cutoffs.subarray(2 * count - 2)], 'nothing at the cutoff').toEqual([0, 0])
    const angles = r.map((_, k) => Math.PI * (k / (count - 1) - 0.5))
    // The builtins may err by 5e-4; 1.7e-7 and 1e-7 measured.
    expectClose('sin_pi', lane(waves, 0), angles.map(Math.sin), 3e-7)
    expectClose('cos_pi', lane(waves, 1), angles.map(Math.cos), 3e-7)
  })
})

describe('radial/table', () => {
  const UPPER = 5
  const R = 32
  const F = 24
  const start = Math.exp(-UPPER)
  const expnorm: RadialBasis = {
    ...{ kind: 'expnorm', cutoffLower: 0, cutoffUpper: UPPER },
    means: Float64Array.from({ length: R }, (_, k) => start + ((1 - start) * k) / (R - 1)),
    betas: new Float64Array(R).fill(((2 / R) * (1 - start)) ** -2),
  }
  const gauss: RadialBasis = {
    kind: 'gauss',
    offsets: Float64Array.from({ length: R }, (_, k) => (UPPER * k) / (R - 1)),
    coefficient: -0.5 / (UPPER / (R - 1)) ** 2,
  }

  test.each([expnorm, gauss])('$kind filters as the network has them', async (basis) => {
    const slots = headSlots(4, F / 4)
    const weight = floats('weight', F * R, 0.3)
    const bias = floats('bias', F)
    const filter = { weight, bias, slots, activation: 'silu' as const }
    const [table] = tabulateFilters(basis, [[filter]], UPPER)
    expect(table.error).toBeLessThan(2e-7)
    const count = 1000
    const r = Float64Array.from({ length: count }, (_, k) => Math.fround((UPPER * k) / count))
    const { values, slopes } = await run(
      gpu(),
      'tests/table',
      {
        constants: {
          WIDTH4: slots.width / 4,
          SEGMENTS_PER_ANGSTROM: table.segmentsPerAngstrom,
          TERMS: table.terms,
        },
        modules: { 'tests/table': tableProbe },
      },
      { r: Float32Array.from(r), filters: table.data },
      { values: blank(count * slots.width), slopes: blank(count * slots.width) },
      (count * slots.width) / 4,
    )
    const expected = new Float64Array(count * slots.width)
    const expectedSlopes = new Float64Array(count * slots.width)
    r.forEach((distance, i) => {
      for (let f = 0; f < F; f++) {
        let [x, dx] = [bias[f], 0]
        for (let k = 0; k < R; k++) {
          const [phi, slope] = radialFunction(basis, k, distance)
          x += weight[f * R + k] * phi
          dx += weight[f * R + k] * slope
        }
        const at = i * slots.width + slots.at[f]
        expected[at] = activations.silu.value(x)
        expectedSlopes[at] = activations.silu.derivative(x) * dx
      }
    })
    expectClose(`table of ${basis.kind}, ${table.intervals} intervals`, values, expected, 3e-7) // 1.1e-7 measured
    expectClose(`slopes of the table of ${basis.kind}`, slopes, expectedSlopes, 2e-6) // 1e-6 measured (gauss)
  })
})
