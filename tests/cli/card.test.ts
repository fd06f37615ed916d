import { describe, expect, test } from 'vitest'
import { version } from '../../package.json'
import { tumble } from './lib/tumble.ts'

describe('tumble card', () => {
  test('tells what the bundled model is', async () => {
    const { status, stdout, stderr } = await tumble('card', 'public/models/et-gfn2-small.ckpt')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/architecture +TorchMD-NET Equivariant Transformer/)
    expect(stdout).toMatch(/parameters +207554/)
    expect(stdout).toMatch(/elements +H C N O F Si S Cl/)
    expect(stdout).toMatch(/cutoff +5 Å/)
    expect(stdout).toMatch(/units +eV, Å/)
    expect(stdout).toMatch(/priors +Atomref/)
  })

  test('warns of an energy that jumps at the cutoff, and takes the unit from the user', async () => {
    const { stdout } = await tumble(
      ...['card', 'tests/golden/tmdnet/s01_small_water/model.ckpt', '--energy-unit', 'kcal/mol'],
    )
    expect(stdout).toMatch(/units +kcal\/mol, Å; shown in eV \(1 kcal\/mol = 0\.0433641/)
    expect(stdout).toMatch(/vector_cutoff/)
  })

  test('names the option that says what a file does not tell', async () => {
    const file = 'tests/golden/equiformer/dp_md17_l2_small/weights.safetensors'
    const { status, stderr } = await tumble('card', file)
    expect(status).toBe(2)
    expect(stderr).toMatch(/\(num_heads\) cannot be told.*: for example --state num_heads=4\./)
    const stated = await tumble('card', file, '--state', 'num_heads=2')
    expect(stated).toMatchObject({ status: 0, stderr: '' })
    expect(stated.stdout).toMatch(/units +standardised, Å; shown as eV/)
    expect((await tumble('card', file, '--state', 'num_heads')).stderr).toContain('NAME=VALUE')
  })
})

describe('tumble', () => {
  test('tells its version and its commands', async () => {
    expect(await tumble('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
    const { status, stdout } = await tumble('--help')
    expect(status).toBe(0)
    for (const command of ['forces', 'run', 'verify', 'card']) {
      expect(stdout).toContain(command)
      const help = await tumble(command, '--help')
      expect(help).toMatchObject({ status: 0, stderr: '' })
      expect(help.stdout).toContain(`Usage: tumble ${command}`)
    }
  })
})
