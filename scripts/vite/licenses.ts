import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/** The package that a module of node_modules belongs to. */
const packageOf = (id: string): string | null =>
  /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id.replaceAll('\\', '/'))?.[1] ?? null

/** Lays beside the page the licences of all that is bundled into it: they ask for it. */
export const licenses = (): Plugin => {
  let root = ''
  /** Workers are bundled apart, by their own plugins. */
  const always = ['openchemlib']
  return {
    name: 'licenses',
    apply: 'build',
    configResolved: (config) => {
      root = config.root
    },
    generateBundle() {
      const names = [...this.getModuleIds()].map(packageOf).filter((name) => name !== null)
      const texts = [...new Set([...names, ...always])].sort().map((name) => {
        const folder = join(root, 'node_modules', name)
        const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
        const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
        const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license}`
        return `${name} ${version} (${license})\n\n${text}\n`
      })
      const own = join(root, 'LICENSE')
      if (existsSync(own)) texts.unshift(`Tumble\n\n${readFileSync(own, 'utf8').trim()}\n`)
      this.emitFile({
        type: 'asset',
        fileName: 'licenses.txt',
        source: texts.join(`\n${'—'.repeat(40)}\n\n`),
      })
    },
  }
}
