/** Dependencies, installed where they are missing. Needs nothing but Node. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.mjs'

const lockedPackages = (path) => {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8')).packages
  } catch {
    return null
  }
}

/** Whether node_modules holds every version that package-lock.json asks for (packages of other platforms aside). */
export function dependenciesAreInstalled() {
  const wanted = lockedPackages('package-lock.json')
  // npm's own record of what it has put there.
  const installed = lockedPackages('node_modules/.package-lock.json')
  if (!wanted || !installed) return false
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  )
}

/** Runs npm as the npm that runs us, or as the one on PATH. */
export function npm(...words) {
  const script = process.env.npm_execpath
  const through = script?.endsWith('.js') ? [process.execPath, [script, ...words]] : ['npm', words]
  return spawnSync(through[0], through[1], {
    cwd: root,
    stdio: 'inherit',
    shell: through[0] === 'npm' && process.platform === 'win32',
  })
}

/** `npm ci` where needed. Ends the process where that fails: nothing works without. */
export function ensureDependencies() {
  if (dependenciesAreInstalled()) return
  console.log('Installing dependencies (npm ci) …')
  const { status } = npm('ci', '--no-audit', '--no-fund')
  if (status !== 0) {
    console.error('npm ci failed: see above; it needs a connection to the npm registry.')
    process.exit(status ?? 1)
  }
}
