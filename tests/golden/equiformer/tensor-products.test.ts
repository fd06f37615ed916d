/** Tensor products and linear maps of irreps against Equiformer's. */
import { describe, expect, test } from 'vitest'
import { formatIrreps } from '../../../src/models/irreps/irreps.ts'
import { parseIrreps } from '../../../src/models/irreps/parse-irreps.ts'
import {
  depthwisePaths,
  fullyConnectedPaths,
  type TensorProduct,
} from '../../../src/models/irreps/tensor-product-paths.ts'
import {
  depthwiseTensorProduct,
  depthwiseTensorProductAdjoint,
} from '../../../src/reference/irreps/depthwise-tensor-product.ts'
import {
  fullyConnectedTensorProduct,
  fullyConnectedTensorProductAdjoint,
} from '../../../src/reference/irreps/fully-connected-tensor-product.ts'
import { equivariantLinear, equivariantLinearAdjoint } from '../../../src/reference/irreps/linear.ts'
import { sphericalHarmonics } from '../../../src/reference/irreps/spherical-harmonics.ts'
import { expectGolden, type Part, part, partNames } from '../lib/so3.ts'

const named = (start: string) => partNames.filter((name) => name.startsWith(start))

/** The same tables in the words of e3nn's instructions. */
const instructions = ({ first, second, output, paths }: TensorProduct) =>
  paths.map((path) => ({
    i_in1: path.first,
    i_in2: path.second,
    i_out: path.output,
    l: path.degrees,
    mul: first.blocks[path.first].multiplicity,
    weight_offset: path.weightOffset,
    coefficient: path.coefficient,
    in1_offset: first.blocks[path.first].offset,
    in2_offset: second.blocks[path.second].offset,
    out_offset: output.blocks[path.output].offset,
  }))

describe.each(named('dtp_'))('depth-wise tensor product %s', (name) => {
  const { entry, values } = part(name)
  const [first, second, keep] = [entry.irreps_in1, entry.irreps_in2, entry.irreps_keep].map(parseIrreps)
  const product = depthwisePaths(first, second, keep)
  const layer = { product, convention: 'e3nn 0.4' } as const
  const [x, harmonics, weight] = ['x1', 'x2_sh', 'weight'].map(values)

  test('paths, weights and output', () => {
    expect(instructions(product)).toEqual(entry.instructions)
    expect(product.weights).toBe(entry.weight_numel)
    expect(formatIrreps(product.output)).toBe(entry.irreps_out)
  })

  test('its spherical harmonics', () => {
    const maxDegree = Math.max(...second.blocks.map(({ degree }) => degree))
    expectGolden(`${name} x2_sh`, sphericalHarmonics(maxDegree, values('edge_vec')), harmonics)
  })

  test('values', () => {
    expectGolden(`${name} out`, depthwiseTensorProduct(layer, x, harmonics, weight), values('out'))
  })

  test('gradients', () => {
    const gradient = depthwiseTensorProductAdjoint(layer, x, harmonics, weight, values('grad_out'))
    expectGolden(`${name} grad_x1`, gradient.x, values('grad_x1'))
    expectGolden(`${name} grad_x2`, gradient.harmonics, values('grad_x2'))
    expectGolden(`${name} grad_weight`, gradient.weights, values('grad_weight'))
  })
})

/** Irreps, weights and bias as `LinearRS` and `FullyConnectedTensorProductRescale` store them. */
const stored = ({ entry, tensors, values }: Part) => ({
  input: parseIrreps(entry.irreps_in1),
  output: parseIrreps(entry.irreps_out),
  weight: values('param.tp.weight'),
  bias: tensors.has('param.bias.0') ? values('param.bias.0') : null,
})

describe.each(named('linear_'))('%s', (name) => {
  const golden = part(name)
  const { values, entry } = golden
  const layer = stored(golden)

  test('values and gradient', () => {
    expect(layer.bias !== null).toBe(entry.bias)
    expectGolden(`${name} out`, equivariantLinear(layer, values('x')), values('out'))
    expectGolden(`${name} grad_x`, equivariantLinearAdjoint(layer, values('grad_out')), values('grad_x'))
  })

  test('is the fully connected product with a constant scalar', () => {
    const { input, output, weight, bias } = layer
    const product = fullyConnectedPaths(input, parseIrreps('1x0e'), output)
    const ones = new Float64Array(values('x').length / input.dimension).fill(1)
    const full = { product, convention: 'e3nn 0.4', weight, bias } as const
    expectGolden(`${name} as product`, fullyConnectedTensorProduct(full, values('x'), ones), values('out'))
  })
})

describe.each(named('fctp_'))('fully connected tensor product %s', (name) => {
  const golden = part(name)
  const { values, entry } = golden
  const { input, output, weight, bias } = stored(golden)
  const second = parseIrreps(entry.irreps_in2)
  const product = fullyConnectedPaths(input, second, output)
  const layer = { product, convention: 'e3nn 0.4', weight, bias } as const

  test('paths', () => {
    const multiplicities = (path: (typeof product.paths)[number]) => [
      input.blocks[path.first].multiplicity,
      second.blocks[path.second].multiplicity,
      output.blocks[path.output].multiplicity,
    ]
    expect(
      product.paths.map((path) => ({
        i_in1: path.first,
        i_in2: path.second,
        i_out: path.output,
        path_shape: multiplicities(path),
        coefficient: path.coefficient,
      })),
    ).toEqual(entry.instructions)
    expect(product.weights).toBe(weight.length)
  })

  test('values and gradients', () => {
    const [x, y] = ['x', 'y'].map(values)
    expectGolden(`${name} out`, fullyConnectedTensorProduct(layer, x, y), values('out'))
    const gradient = fullyConnectedTensorProductAdjoint(layer, x, y, values('grad_out'))
    expectGolden(`${name} grad_x`, gradient.x, values('grad_x'))
    expectGolden(`${name} grad_y`, gradient.y, values('grad_y'))
  })
})
