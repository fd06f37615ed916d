import { expect, test } from 'vitest'
import { partNames, storedParts } from '../lib/so3.ts'

/** The files beside this one read these parts, or all whose names begin so. */
const held = [
  ...['spherical_harmonics', 'wigner3j', 'wigner_D', 'edge_frame'],
  ...['dtp_', 'linear_', 'fctp_'],
  ...['activations', 'gate_', 'layernorm_', 'radial_basis', 'radial_mlp', 'edge_softmax', 'heads'],
]

test('every golden part is here, and held by a test', () => {
  expect(storedParts().sort()).toEqual([...partNames].sort())
  expect(partNames).toHaveLength(26)
  expect(partNames.filter((name) => !held.some((start) => name.startsWith(start)))).toEqual([])
})
