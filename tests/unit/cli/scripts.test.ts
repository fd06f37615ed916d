import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveFolder } from '../../../scripts/lib/static-server.mjs'
import { tally } from '../../../scripts/lib/tally.mjs'

describe('the tally of npm test', () => {
  const file = (status: string, ...tests: string[]) => ({
    name: 'a.test.ts',
    status,
    assertionResults: tests.map((result) => ({ status: result, fullName: result })),
  })

  test('counts what passed and what failed', () => {
    const report = { testResults: [file('passed', 'passed', 'passed'), file('failed', 'failed', 'passed')] }
    expect(tally(report, false)).toEqual({ passed: 3, failed: 1, remarks: [] })
  })

  test.each(['skipped', 'pending', 'todo', 'disabled'])('counts %s tests as failed', (status) => {
    expect(tally({ testResults: [file('passed', 'passed', status)] }, true)).toMatchObject({
      passed: 1,
      failed: 1,
    })
  })

  test('counts what fails outside tests', () => {
    expect(tally({ testResults: [file('failed')] }, false)).toMatchObject({ passed: 0, failed: 1 })
    expect(tally({ testResults: [file('passed', 'passed')] }, false)).toMatchObject({ passed: 1, failed: 1 })
    expect(tally({ testResults: [] }, true)).toMatchObject({ passed: 0, failed: 1 })
    expect(tally(null, false)).toMatchObject({ passed: 0, failed: 1 })
  })
})

describe('the server of npm start', () => {
  const parent = mkdtempSync(join(tmpdir(), 'tumble-serve-'))
  const folder = join(parent, 'page')
  let server: Server
  beforeAll(async () => {
    mkdirSync(join(folder, 'models'), { recursive: true })
    writeFileSync(join(folder, 'index.html'), '<title>Tumble</title>')
    writeFileSync(join(folder, 'models', 'a b.ckpt'), 'weights')
    writeFileSync(join(folder, 'm.wasm'), '')
    writeFileSync(join(folder, 'water.xyz'), '3')
    writeFileSync(join(parent, 'secret.txt'), 'secret')
    server = (await serveFolder(folder, 0)) as Server
  })
  afterAll(() => server.close())

  /** Not fetch: that one tidies paths up before it asks. */
  const get = (path: string, method = 'GET') =>
    new Promise<{ status?: number; type?: string; body: string }>((resolve, reject) => {
      const { port } = server.address() as AddressInfo
      request({ host: '127.0.0.1', port, path, method }, (response) => {
        let body = ''
        response.on('data', (part) => {
          body += part
        })
        response.on('end', () =>
          resolve({ status: response.statusCode, type: response.headers['content-type'], body }),
        )
      })
        .on('error', reject)
        .end()
    })

  test('serves the page and its files with their types', async () => {
    expect(await get('/')).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' })
    expect((await get('/?a=b#c')).body).toContain('Tumble')
    expect(await get('/models/a%20b.ckpt')).toEqual({
      status: 200,
      type: 'application/octet-stream',
      body: 'weights',
    })
    expect((await get('/m.wasm')).type).toBe('application/wasm')
    expect((await get('/water.xyz')).type).toContain('chemical/x-xyz')
  })

  test.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/models/..%2f..%2fsecret.txt',
    '//../secret.txt',
    '/secret.txt',
    '/%00',
    '/%',
    '/models/',
  ])('has nothing at %s', async (path) => {
    expect(await get(path)).toMatchObject({ status: 404 })
  })

  test('only hands out', async () => {
    expect(await get('/', 'POST')).toMatchObject({ status: 405 })
    expect(await get('/', 'HEAD')).toMatchObject({ status: 200, body: '' })
  })

  test('sends the headers it was given, in place of its own', async () => {
    const given = { 'cross-origin-opener-policy': 'same-origin', 'cache-control': 'max-age=600' }
    const isolated = (await serveFolder(folder, 0, given)) as Server
    const { port } = isolated.address() as AddressInfo
    const { headers } = await fetch(`http://127.0.0.1:${port}/`)
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('cache-control')).toBe('max-age=600')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    isolated.close()
  })

  test('takes the next port where one is in use', async () => {
    const { port } = server.address() as AddressInfo
    const second = (await serveFolder(folder, port)) as Server
    expect((second.address() as AddressInfo).port).toBeGreaterThan(port)
    second.close()
  })
})
