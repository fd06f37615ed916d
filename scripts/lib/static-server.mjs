/** Serves a folder to this machine's browser. */
import { createReadStream, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, resolve, sep } from 'node:path'

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.xyz': 'chemical/x-xyz; charset=utf-8',
  '.wgsl': 'text/wgsl; charset=utf-8',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

/** The file that a request means, or null for anything that is not a file in the folder. */
function fileFor(folder, url) {
  let path
  try {
    path = decodeURIComponent(new URL(url, 'http://localhost').pathname)
  } catch {
    return null
  }
  if (path.includes('\0')) return null
  const file = resolve(folder, `.${path}`)
  if (file !== folder && !file.startsWith(folder + sep)) return null
  const stat = statSync(file, { throwIfNoEntry: false })
  if (!stat) return null
  const found = stat.isDirectory() ? join(file, 'index.html') : file
  const size = statSync(found, { throwIfNoEntry: false })?.size
  return size === undefined ? null : { path: found, size }
}

/**
 * Starts serving on 127.0.0.1.
 * @param port first port to try; the next free one is taken
 * @param headers beside, or in place of, those that every file is sent with
 * @returns the server, listening
 */
export async function serveFolder(folder, port, headers = {}) {
  const base = resolve(folder)
  const server = createServer((request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end()
      return
    }
    const file = fileFor(base, request.url)
    if (!file) {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('Not found.\n')
      return
    }
    response.writeHead(200, {
      'content-type': types[extname(file.path).toLowerCase()] ?? 'application/octet-stream',
      'content-length': file.size,
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      ...headers,
    })
    if (request.method === 'HEAD') response.end()
    else
      createReadStream(file.path)
        .on('error', () => response.destroy())
        .pipe(response)
  })
  const last = Math.min(65535, port + 99)
  for (let candidate = port; ; candidate++) {
    try {
      await listening(server, candidate)
      return server
    } catch (error) {
      if (error.code !== 'EADDRINUSE' || candidate >= last) throw error
    }
  }
}

const listening = (server, port) =>
  new Promise((done, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed)
      done()
    })
  })
