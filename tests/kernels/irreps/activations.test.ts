import { test } from 'vitest'
import {
  type NormalizedActivationName,
  normalizedActivations,
} from '../../../src/reference/irreps/activations.ts'
import { expectClose } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { blank, run } from '../lib/run.ts'

const gpu = useGpu()

const functions: Readonly<Record<NormalizedActivationName, string>> = {
  silu: 'normalized_silu',
  sigmoid: 'normalized_sigmoid',
  'smooth-leaky-relu': 'smooth_leaky_relu',
}

/** From far below to far above what a network sees, and densely around 0. */
const points = Float64Array.from({ length: 4 * 1003 }, (_, k) => {
  const s = (k - 2006) / 2006
  return Math.fround([1e4, 100, 10, 1][k % 4] * s)
})

const source = (name: string) => `
import package::irreps::activations::{${name}, ${name}_derivative};
import constants::WORKGROUP;
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> values: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> slopes: array<vec4f>;
@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if id.x >= arrayLength(&x) { return; }
  values[id.x] = ${name}(x[id.x]);
  slopes[id.x] = ${name}_derivative(x[id.x]);
}
`

test.each(Object.keys(functions) as NormalizedActivationName[])('irreps/activations: %s', async (name) => {
  const module = `tests/${functions[name]}`
  const { values, slopes } = await run(
    gpu(),
    module,
    { modules: { [module]: source(functions[name]) } },
    { x: Float32Array.from(points) },
    { values: blank(points.length), slopes: blank(points.length) },
    points.length / 4,
  )
  const { value, derivative } = normalizedActivations[name]
  // Against the larger of 1 and |value|: what an error does to the next layer.
  const expected = points.map(value)
  const scale = expected.map((y) => Math.max(1, Math.abs(y)))
  const shares = (y: ArrayLike<number>) => Float64Array.from(y, (value, k) => value / scale[k])
  expectClose(`${name} value`, [...shares(values), 1], [...shares(expected), 1], 6e-7) // 1.8e-7 measured
  expectClose(`${name} derivative`, slopes, points.map(derivative), 6e-7) // 2.0e-7 measured

  // Where a sigmoid is nearly 0, relative errors count: it is a factor. exp is good to some ulp times its argument.
  const tail = Array.from(points.keys()).filter((k) => points[k] < -1 && points[k] > -80)
  const ratios = tail.map((k) => values[k] / expected[k])
  const ones = tail.map(() => 1)
  expectClose(`${name} tail`, ratios, ones, 1e-5) // 3.7e-6 measured
})
