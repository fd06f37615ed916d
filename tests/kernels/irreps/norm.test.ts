import { describe, test } from 'vitest'
import { isScalar } from '../../../src/models/irreps/irrep.ts'
import { parseIrreps } from '../../../src/models/irreps/parse-irreps.ts'
import { irrepsNorm, irrepsNormAdjoint, packIrrepsNorm } from '../../../src/models/layers/irreps-norm.ts'
import { WeightPack } from '../../../src/models/layers/weight-pack.ts'
import {
  equivariantLayerNorm,
  equivariantLayerNormAdjoint,
} from '../../../src/reference/irreps/layer-norm.ts'
import { expectClose, expectPaired, floats } from '../lib/compare.ts'
import { useGpu } from '../lib/device.ts'
import { append } from '../lib/operate.ts'
import { featuresIn, laid, taken, unwritten } from './lib/features.ts'

const gpu = useGpu()

const IN_LISTS = '5x0e+3x1o+3x1e+2x2e'

describe.each([IN_LISTS, '4x0e+2x0o+7x0o+1x3e+5x4o', '128x0e+64x1e+32x2e'])(
  'irreps/irreps_norm, %s',
  (text) => {
    const irreps = parseIrreps(text)
    const norm = {
      irreps,
      weight: floats('weight', irreps.channels),
      bias: floats(
        'bias',
        irreps.blocks.filter(isScalar).reduce((sum, { multiplicity }) => sum + multiplicity, 0),
      ),
    }

    test.each([1, 5, 67])('%i atoms', async (atoms) => {
      const label = `norm ${text}, ${atoms} atoms`
      // One atom in a workgroup has more lanes than a block has vec4s.
      // Lists take software adapters seconds to compile, and their lanes do not depend on the irreps.
      const lists = atoms === 1 || text !== IN_LISTS ? [] : [{ lanes: 256, atoms: atoms === 5 ? 1 : 4 }]
      const pack = new WeightPack()
      const packed = packIrrepsNorm(pack, norm)
      const { rows } = packed
      const weights = pack.upload(gpu(), 'weights')
      // Scalars that are nearly constant (small variance beside a large mean) are the hard ones.
      const x = floats('x', atoms * irreps.dimension).map((v, k) => Math.fround(v * (k % 2 ? 1 : 0.1) + 0.5))
      const gy = floats('gy', x.length)
      const before = floats('before', x.length)
      const results = await append(
        gpu(),
        label,
        atoms,
        {},
        [laid(rows, x), unwritten(rows, atoms), laid(rows, gy), unwritten(rows, atoms), laid(rows, before)],
        (builder, tensors) => {
          const [input, output, gradient, written, added] = tensors.map((tensor) => featuresIn(tensor, rows))
          irrepsNorm(builder, weights, packed, input, output)
          irrepsNormAdjoint(builder, weights, packed, input, gradient, written)
          irrepsNormAdjoint(builder, weights, packed, input, gradient, added, { add: true })
        },
        lists,
      )
      const gx = equivariantLayerNormAdjoint(norm, x, gy)
      for (const [, output, , written, added] of results) {
        expectClose(label, taken(rows, output), equivariantLayerNorm(norm, x), 4e-7) // 1.3e-7 measured
        const gradient = taken(rows, written)
        const difference = taken(rows, added).map((value, k) => value - before[k])
        expectClose(`${label}, adjoint`, gradient, gx, 1e-6) // 3.2e-7 measured
        expectClose(`${label}, adjoint added`, difference, gx, 1e-6) // 3.2e-7 measured
        const forward = (inputs: { x: Float64Array }) => ({ y: equivariantLayerNorm(norm, inputs.x) })
        expectPaired(label, { x }, forward, { y: gy }, { x: gradient })
      }
      weights.destroy()
    })
  },
)
