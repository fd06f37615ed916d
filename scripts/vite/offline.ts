import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { Plugin } from 'vite'

const NAME = 'service-worker'
/** Not needed to run the page: a copy of the model in another format, and words for readers of the repository. */
const LEFT_OUT = /\.(ckpt|md)$/

const digestOf = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 16)

/** Tells the service worker what the build consists of: [path, digest] for every file of it. */
export const offline = (): Plugin => {
  let folder = ''
  return {
    name: 'offline',
    apply: 'build',
    // After all other plugins have had their say about index.html.
    enforce: 'post',
    configResolved: ({ publicDir }) => {
      folder = publicDir
    },
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const built = Object.values(bundle)
          .filter(({ fileName }) => fileName !== `${NAME}.js`)
          .map((file) => [file.fileName, digestOf(file.type === 'chunk' ? file.code : file.source)])
        const copied = readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && !LEFT_OUT.test(entry.name))
          .map(({ parentPath, name }) => join(parentPath, name))
          .map((path) => [path.slice(folder.length + 1).replaceAll(sep, '/'), digestOf(readFileSync(path))])
        const worker = bundle[`${NAME}.js`]
        if (worker?.type !== 'chunk' || !worker.code.includes('TUMBLE_FILES'))
          throw new Error(`${NAME}.js does not ask for TUMBLE_FILES`)
        worker.code = `const TUMBLE_FILES=${JSON.stringify([...built, ...copied].sort())};${worker.code}`
      },
    },
  }
}

/** Where the worker goes: beside index.html, under a name that never changes. */
export const entryName = ({ name }: { name: string }): string =>
  name === NAME ? `${NAME}.js` : 'assets/[name]-[hash].js'
