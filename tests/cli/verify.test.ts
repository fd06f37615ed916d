import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder, tumble } from './lib/tumble.ts'

const small = 'tests/golden/tmdnet/s01_small_water'

/** A copy of a golden case with its `golden` block changed. */
function changedCase(change: (golden: Record<string, unknown>) => object): string {
  const folder = temporaryFolder()
  cpSync(small, folder, { recursive: true })
  const path = join(folder, 'case.json')
  const content = JSON.parse(readFileSync(path, 'utf8')) as { golden: Record<string, unknown> }
  writeFileSync(
    path,
    JSON.stringify({ ...content, golden: { ...content.golden, ...change(content.golden) } }),
  )
  return folder
}

describe('tumble verify', () => {
  test('passes cases that are reproduced, and shows errors beside their yardsticks', async () => {
    const { status, stdout } = await tumble('verify', small, 'tests/golden/tmdnet/s13_vector_output')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^case +adapter +energy error +float32 +force error +float32 +result$/m)
    expect(stdout).toMatch(/^s01_small_water .*( +\d\.\d\de-\d+){4} +pass$/m)
    expect(stdout).toMatch(/^s13_vector_output .*( +\d\.\d\de-\d+){2} +- +- +pass$/m)
    expect(stdout).toContain('2 of 2 cases pass.')
  })

  test('fails with status 1 where a force is off', async () => {
    const folder = changedCase(({ forces }) => ({
      forces: (forces as number[][]).map((row) => row.map((x) => x * 1.001)),
    }))
    const { status, stdout } = await tumble('verify', folder)
    expect(status).toBe(1)
    expect(stdout).toMatch(/FAIL$/m)
    expect(stdout).toContain('0 of 1 cases pass.')
  })

  test('fails with status 1 where a case cannot be run, and says why', async () => {
    const { status, stdout } = await tumble(
      'verify',
      changedCase(() => ({ checkpoint: 'case.json' })),
      '--json',
    )
    expect(status).toBe(1)
    const [outcome] = JSON.parse(stdout) as { result: string; reason: string }[]
    expect(outcome.result).toBe('not supported yet')
    expect(outcome.reason).toContain('case.json is not a checkpoint')
  })

  test('fails with status 1 where there is no case', async () => {
    const { status, stdout, stderr } = await tumble('verify', 'tests/cli')
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toContain('No golden case was found')
  })
})
