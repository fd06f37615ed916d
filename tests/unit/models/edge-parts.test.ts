import { expect, test } from 'vitest'
import { partsOf } from '../../../src/models/et/program.ts'

test.each([
  // heads, atoms, parts
  [8, 9, 8],
  [8, 400, 8],
  [8, 1000, 8],
  [8, 2048, 2],
  [8, 4096, 1],
  [8, 100_000, 1],
  [6, 1366, 3],
  [1, 1, 1],
])('%i heads and %i atoms: %i invocations share an edge', (heads, atoms, parts) => {
  expect(partsOf(heads, atoms)).toBe(parts)
})
