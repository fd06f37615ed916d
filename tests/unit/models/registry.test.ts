import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import type { Structure } from '../../../src/chemistry/structure.ts'
import { InputError } from '../../../src/errors.ts'
import type { Checkpoint } from '../../../src/formats/checkpoint.ts'
import { readCheckpoint } from '../../../src/formats/read-checkpoint.ts'
import type { Gpu } from '../../../src/gpu/gpu.ts'
import { evaluate } from '../../../src/models/evaluate.ts'
import { loadForceField } from '../../../src/models/registry.ts'

const checkpoint = (hyperparameters: Checkpoint['hyperparameters'], tensors: string[] = []): Checkpoint => ({
  ...{ source: 'mine.ckpt', container: 'torch-zip', hyperparameters, metadata: {} },
  tensors: new Map(tensors.map((name) => [name, { dtype: 'float32', shape: [1], data: Float32Array.of(1) }])),
})

describe('files of other architectures are refused by name', () => {
  test.each([
    ['a model nobody here runs', checkpoint({ model: 'schnet' }), "mine.ckpt holds a model called 'schnet'"],
    ['tensors of something else', checkpoint(null, ['encoder.weight']), 'mine.ckpt holds tensors of a model'],
    [
      'another architecture of TorchMD-NET',
      checkpoint({ model: 'tensornet' }, ['model.representation_model.linear.weight']),
      'mine.ckpt holds a tensornet model, which is not supported',
    ],
    [
      'tensors without hyperparameters',
      checkpoint(null, ['model.representation_model.embedding.weight']),
      'no hyper_parameters',
    ],
  ])('%s', (_, file, message) => {
    expect(() => loadForceField(file)).toThrow(InputError)
    expect(() => loadForceField(file)).toThrow(message)
  })
})

describe('elements a model does not know', async () => {
  const path = new URL('../../../public/models/et-gfn2-small.ckpt', import.meta.url)
  const field = loadForceField(
    await readCheckpoint(new Uint8Array(await readFile(path)), 'et-gfn2-small.ckpt'),
  )
  const structure = (...atomicNumbers: number[]): Structure => ({
    name: 'salt.xyz',
    atomicNumbers: Uint8Array.from(atomicNumbers),
    positions: new Float64Array(3 * atomicNumbers.length).map((_, k) => k),
    cell: null,
    periodic: [false, false, false],
  })

  test('are named with their atoms', () => {
    expect(() => field.typesOf(structure(8, 79, 1, 79))).toThrow(InputError)
    expect(() => field.typesOf(structure(8, 79, 1, 79))).toThrow(
      /^salt\.xyz: .* does not know Au \(atoms 2, 4\)/,
    )
  })

  test('are refused before anything reaches the GPU', async () => {
    const gpu = new Proxy({} as Gpu, {
      get: () => {
        throw new Error('the GPU was used')
      },
    })
    await expect(evaluate(gpu, field, [structure(8, 92)])).rejects.toThrow(/does not know U \(atom 2\)/)
  })
})
