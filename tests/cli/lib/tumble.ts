import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))

export interface Ended {
  readonly status: number
  readonly stdout: string
  /** Without what graphics drivers write there by themselves. */
  readonly stderr: string
}

/** Lines of Dawn and the Vulkan loader about drivers that they pass over. */
const DRIVER_TALK = /^(Warning: Vulkan|error: XDG_| - While initializing adapter| {4}at \w+ \(|\s*$)/

/** Runs the command line as a person in the checkout does. */
export const tumble = (...words: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const program = join(root, 'bin', 'tumble.mjs')
    const options = { cwd: root, maxBuffer: 1 << 26 }
    execFile(process.execPath, [program, ...words], options, (error, stdout, stderr) => {
      const said = stderr.split('\n').filter((line) => !DRIVER_TALK.test(line))
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ status, stdout, stderr: said.join('\n') })
    })
  })

/** A fresh folder for one test's files. */
export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'tumble-cli-'))
