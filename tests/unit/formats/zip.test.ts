import { describe, expect, it } from 'vitest'
import { readZip } from '../../../src/formats/zip.ts'
import { complaint } from './lib/expect-input-error.ts'
import { ascii } from './lib/pickle-writer.ts'
import { zip } from './lib/zip-writer.ts'

const files = [
  ['a/one', ascii('first')],
  ['a/two', ascii('second')],
] as const

describe('readZip', () => {
  it.each([
    ['plain', {}],
    ['zip64', { zip64: true }],
    ['with a comment', { comment: 'PK\x05\x06 says nothing' }],
  ])('reads entries of an archive that is %s', (_, options) => {
    const entries = readZip(zip(files, options), 'a.zip')
    expect([...entries.keys()]).toEqual(['a/one', 'a/two'])
    expect(new TextDecoder().decode(entries.get('a/two')!.read())).toBe('second')
    expect(entries.get('a/one')!.size).toBe(5)
  })

  it('names a compressed entry', () => {
    const entries = readZip(zip(files, { method: 8 }), 'a.zip')
    expect(complaint(() => entries.get('a/one')!.read())).toContain('a.zip: entry a/one is compressed')
  })

  it('refuses two entries of one name, and archives cut short', () => {
    expect(complaint(() => readZip(zip([files[0], files[0]]), 'a.zip'))).toContain('a/one twice')
    const whole = zip(files)
    for (let length = 0; length < whole.length; length++) {
      expect(complaint(() => readZip(whole.subarray(0, length), 'a.zip'))).toContain(
        'a.zip is cut short or damaged',
      )
    }
  })
})
