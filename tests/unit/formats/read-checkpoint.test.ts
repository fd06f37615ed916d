import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../../src/errors.ts'
import {
  gunzip,
  readCheckpoint,
  readXyz,
  sniff,
  writeSafetensors,
  writeXyz,
} from '../../../src/formats/index.ts'
import { dataFile } from './lib/files.ts'
import { ascii, join } from './lib/pickle-writer.ts'

const refuses = async (bytes: Uint8Array, name = 'm.ckpt'): Promise<string> => {
  const error = await readCheckpoint(bytes, name).catch((reason) => reason)
  expect(error).toBeInstanceOf(InputError)
  expect(error.message).toMatch(/^[^\n]+\.$/)
  return error.message
}

describe('readCheckpoint', () => {
  it('goes by content, not by name', async () => {
    expect((await readCheckpoint(dataFile('gatr_baseline.pt'), 'a.safetensors')).container).toBe('torch-zip')
    expect((await readCheckpoint(dataFile('gatr_baseline.safetensors'), 'a.ckpt')).container).toBe(
      'safetensors',
    )
    expect((await readCheckpoint(writeSafetensors(new Map()), 'a')).tensors.size).toBe(0)
  })

  it('reads gzipped files', async () => {
    const checkpoint = await readCheckpoint(gzipSync(dataFile('gatr_baseline.pt')), 'checkpoint.pth.tar.gz')
    expect(checkpoint.tensors.size).toBe(31)
    expect(checkpoint.source).toBe('checkpoint.pth.tar.gz')
  })

  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'it is empty'],
    ['a geometry', dataFile('caffeine.xyz'), 'begins as text, "24 caffeine'],
    ['a web page', ascii('<!DOCTYPE html><html></html>'), 'is a web page'],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), 'is a PNG picture'],
    ['a pointer', ascii('version https://git-lfs.github.com/spec/v1\n'), 'Git LFS pointer'],
    ['a bare pickle', dataFile('legacy2021.pkl'), 'is a pickle that torch.save did not write'],
    ['noise', Uint8Array.of(1, 2, 3, 4), 'holds other data'],
    ['an empty archive', Uint8Array.of(0x50, 0x4b, 5, 6), 'is a zip archive that is empty'],
    ['gzipped text', gzipSync('hello'), 'begins as text, "hello"'],
  ])('says what %s is', async (_, bytes, message) => {
    const text = await refuses(bytes)
    expect(text).toContain(
      'm.ckpt is not a checkpoint: expected a PyTorch (.ckpt, .pt, .pth) or .safetensors file',
    )
    expect(text).toContain(message)
  })

  it('explains gzip that is cut short, damaged or a bomb', async () => {
    const packed = new Uint8Array(gzipSync(dataFile('gatr_baseline.pt')))
    expect(await refuses(packed.subarray(0, 5000))).toContain('does not decompress')
    expect(await refuses(join(packed.subarray(0, 3000), new Uint8Array(3000)))).toContain(
      'does not decompress',
    )
    await expect(gunzip(gzipSync(new Uint8Array(1e6)), 'bomb.gz', 1000)).rejects.toThrow(
      'more than 1000 bytes',
    )
  })

  it('reads or explains any beginning of a file', async () => {
    const whole = [
      dataFile('gatr_baseline.pt'),
      dataFile('gatr_baseline.safetensors'),
      new Uint8Array(gzipSync(dataFile('gatr_baseline.pt'))),
    ]
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...whole), fc.nat(60_000), async (bytes, length) => {
        if (length < bytes.length) await refuses(bytes.subarray(0, length))
      }),
      { numRuns: 60 },
    )
  })
})

describe('sniff', () => {
  it.each([
    ['structure', 'caffeine.xyz', 'drop'],
    ['structure', 'water32_box.xyz', 'model.ckpt'],
    ['checkpoint', 'tmdnet_dipole_f64.ckpt', 'drop'],
    ['checkpoint', 'gatr_baseline.safetensors', 'a.xyz'],
    [undefined, 'README.md', 'README.md'],
    ['checkpoint', 'README.md', 'model.PTH'],
    ['structure', 'README.md', 'broken.extxyz'],
    [undefined, 'legacy2021.pkl', 'data.pkl'],
  ] as const)('says %s of %s under the name %s', (kind, file, name) => {
    expect(sniff(dataFile(file), name)?.kind).toBe(kind)
  })

  it('recognises what the library writes', () => {
    const text = writeXyz(readXyz('1\n\nH 0 0 0', 'h'))
    expect(sniff(ascii(text), '')?.id).toBe('xyz')
    expect(sniff(writeSafetensors(new Map()), '')?.id).toBe('safetensors')
  })
})
