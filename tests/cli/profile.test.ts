import { expect, test } from 'vitest'
import { tumble } from './lib/tumble.ts'

test('profile times every kernel of a step and counts its dispatches', async () => {
  const { status, stdout } = await tumble('profile', 'tests/cli/data/water.xyz', '--json')
  expect(status).toBe(0)
  const { kernels, pairs } = JSON.parse(stdout)
  expect(pairs).toBe(9)
  const names = kernels.map(({ kernel }: { kernel: string }) => kernel)
  for (const name of ['neighbors/pairs', 'et/attention', 'et/attention_adjoint', 'dynamics/advance'])
    expect(names).toContain(name)
  const count = (name: string) => kernels[names.indexOf(name)].dispatches
  // Three layers.
  expect(count('et/attention')).toBe(3)
  expect(count('et/attention_adjoint')).toBe(3)
  const total = kernels.reduce(
    (sum: number, { milliseconds }: { milliseconds: number }) => sum + milliseconds,
    0,
  )
  expect(total).toBeGreaterThan(0)
})
