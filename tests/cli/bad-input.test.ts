import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Tensor } from '../../src/formats/checkpoint.ts'
import { readCheckpoint, writeSafetensors } from '../../src/formats/index.ts'
import { temporaryFolder, tumble } from './lib/tumble.ts'

/** Status 2, nothing on stdout, one sentence on stderr (after the remark about the adapter, if it got that far). */
async function refusal(...words: string[]): Promise<string> {
  const { status, stdout, stderr } = await tumble(...words)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  const said = stderr.split('\n').filter((line) => !/^(No GPU was found|Running on )/.test(line))
  expect(said).toHaveLength(1)
  return said[0]
}

const data = (name: string): string => `tests/cli/data/${name}`

describe('structures that cannot be used', () => {
  test.each([
    ['truncated.xyz', /truncated\.xyz ends after 2 of the 3 atoms that line 1 announces/],
    ['malformed.xyz', /malformed\.xyz, line 4: expected a number .* found "zero"/],
    ['count-too-small.xyz', /count-too-small\.xyz, line 5: expected the number of atoms of the next frame/],
    ['not-finite.xyz', /not-finite\.xyz, line 4: coordinate y is nan/],
    ['same-spot.xyz', /same-spot\.xyz: atom 3 \(H\) and atom 4 \(H\) are 0\.000 Å apart/],
    ['unknown-element.xyz', /does not know Fe \(atom 3\); it was trained on H, C, N, O, F, Si, S, Cl/],
    ['bad-second-frame.xyz', /frame 2: the model .* does not know He \(atoms 1, 2\)/],
    ['empty.xyz', /empty\.xyz is empty/],
    ['not-there.xyz', /not-there\.xyz does not exist/],
    ['.', /tests\/cli\/data\/\. is a folder/],
    ['forbidden-constructor.pt', /is a checkpoint where a structure is expected \(\.xyz, /],
  ])('%s', async (name, sentence) => {
    expect(await refusal('forces', data(name))).toMatch(sentence)
  })

  test('also for a run', async () => {
    expect(await refusal('run', data('same-spot.xyz'))).toMatch(/atom 3 \(H\) and atom 4 \(H\)/)
  })
})

test.each([
  [['--observe', 'colour'], /--observe takes shape, msd, rdf, vacf, .* not "colour"/],
  [['--observe', 'shape', '--ends', '1'], /--ends takes two atoms, such as 1,9, not 1/],
  [['--observe', 'shape', '--ends', '1,9'], /There is no atom 9 to be an end/],
  [['--minimize', '--fmax', '0'], /--fmax must be a number above 0/],
  [
    ['--minimize', '--minimize-cell', 'free'],
    /A relaxation of the cell needs a cell that repeats along all three axes/,
  ],
  [['--frame', '2'], /water\.xyz has no frame 2; it ends with frame 1/],
  [['--frame', '0'], /--frame must be a list counted from 1/],
])('run %j', async (words, sentence) => {
  expect(await refusal('run', data('water.xyz'), '--steps', '2', ...words)).toMatch(sentence)
})

describe('checkpoints that cannot be used', () => {
  const folder = temporaryFolder()
  const at = (name: string): string => join(folder, name)

  beforeAll(async () => {
    const bytes = new Uint8Array(readFileSync('public/models/et-gfn2-small.ckpt'))
    writeFileSync(at('cut-short.ckpt'), bytes.subarray(0, bytes.length / 2))
    const { tensors, hyperparameters } = await readCheckpoint(bytes, 'bundled')
    const write = (name: string, changed: ReadonlyMap<string, Tensor>, model?: string) => {
      const settings = JSON.stringify({ ...hyperparameters, ...(model && { model }) })
      writeFileSync(at(name), writeSafetensors(changed, { hyper_parameters: settings }))
    }
    const [weight] = [...tensors].find(([name]) => name.endsWith('attention_layers.0.q_proj.weight')) ?? ['']
    const missing = new Map(tensors)
    missing.delete(weight)
    write('missing-tensor.safetensors', missing)
    const shape = [2, 3]
    const misshaped = new Map(tensors).set(weight, { dtype: 'float32', shape, data: new Float32Array(6) })
    write('misshaped-tensor.safetensors', misshaped)
    write('other-architecture.safetensors', tensors, 'graph-network')
  })

  test.each([
    ['cut-short.ckpt', /cut-short\.ckpt.*(cut short|ends|incomplete)/],
    ['missing-tensor.safetensors', /attention_layers\.0\.q_proj\.weight/],
    ['misshaped-tensor.safetensors', /attention_layers\.0\.q_proj\.weight.*2.*3.*64.*64/],
    ['other-architecture.safetensors', /graph-network/],
  ])('%s', async (name, sentence) => {
    expect(await refusal('card', at(name))).toMatch(sentence)
    expect(await refusal('forces', data('water.xyz'), '--model', at(name))).toMatch(sentence)
  })

  test('text', async () => {
    expect(await refusal('card', data('not-a-checkpoint.ckpt'))).toMatch(
      /is not a checkpoint.*begins as text/,
    )
  })

  test('a pickle that asks for any constructor: named, and not executed', async () => {
    rmSync('/tmp/executed', { force: true })
    expect(await refusal('card', data('forbidden-constructor.pt'))).toMatch(/constructor posix\.system/)
    expect(existsSync('/tmp/executed')).toBe(false)
  })
})

describe('command lines that make no sense', () => {
  const water = data('water.xyz')
  test.each<[string[], RegExp]>([
    [
      ['simulate', water],
      /no command simulate; its commands are forces, run, modes, convert, verify, card, profile, tune/,
    ],
    [['forces'], /takes one STRUCTURE but none was given/],
    [['forces', water, water], /takes one STRUCTURE but 2 were given/],
    [['forces', water, '--fast'], /Unknown option '--fast'/],
    [['forces', water, '--model'], /argument missing/],
    [['forces', water, '--energy-unit', 'cal'], /energy unit "cal" is not known; known are eV/],
    [['run', water, '--steps', 'many'], /--steps must be a whole number of at least 1, not "many"/],
    [['run', water, '--steps', '1.5'], /--steps must be a whole number/],
    [['run', water, '--timestep', '0'], /--timestep must be a number above 0/],
    [['run', water, '--timestep', '-0.5'], /--timestep must be a number above 0, not "-0.5"/],
    [['run', water, '--timestep', '1000'], /timestep must lie between 0 and 3\.0 fs/],
    [['run', water, '--temperature', '-1'], /--temperature must be a number of at least 0/],
    [
      ['run', water, '--thermostat', 'nose'],
      /--thermostat must be none or langevin or bussi or nose-hoover, not "nose"/,
    ],
    [['run', water, '--friction', '0'], /--friction must be a number above 0/],
    [['run', water, '--frame', '2'], /water\.xyz has no frame 2/],
    [
      ['run', water, '--pressure', '1', '--thermostat', 'bussi'],
      /barostat needs a cell that repeats along all/,
    ],
    [
      ['run', water, '--timestep', '5'],
      /timestep must lie between 0 and 3\.0 fs for a lightest atom of 1\.01 u/,
    ],
    [['run', water, '--fix', '1,x'], /--fix must be a list counted from 1, such as 1,2,7-9, not "1,x"/],
    [['run', water, '--fix', '9'], /no atom 9 to hold: the structure ends with atom 3/],
    [['run', water, '--hydrogen-mass', '9'], /would leave O1 with/],
    [['run', water, '--final-temperature', '9'], /--final-temperature needs a thermostat/],
    [['run', '--restart', water], /is not a safetensors file/],
    [['run', water, '--restart', water], /brings its own structure/],
    [['run', water, '--output', water], /would overwrite what the run starts from/],
    [['run', water, '--output', 'no/such/folder/t.xyz'], /there is no folder no\/such\/folder/],
    [['verify'], /needs a folder of golden cases/],
    [['verify', 'no-such-folder'], /There is no folder no-such-folder/],
  ])('%j', async (words, sentence) => {
    expect(await refusal(...words)).toMatch(sentence)
  })
})
