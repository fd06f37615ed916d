import { existsSync, readdirSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { InputError } from '../errors.ts'
import { Gpu } from './gpu.ts'

/** Dawn frees an instance that nobody references, device and all; keep each for the life of the process. */
const instances: GPU[] = []

const DRIVER_MANIFEST = 'vk_swiftshader_icd.json'

/** Folders in which browsers keep SwiftShader, the software Vulkan driver. */
function driverFolders(): string[] {
  const playwright = process.env.PLAYWRIGHT_BROWSERS_PATH ?? join(homedir(), '.cache', 'ms-playwright')
  const downloaded = existsSync(playwright)
    ? readdirSync(playwright).flatMap((name) =>
        ['chrome-linux', 'chrome-linux64', 'chrome-headless-shell-linux64'].map((sub) =>
          join(playwright, name, sub),
        ),
      )
    : []
  return [
    '/usr/lib/chromium',
    '/usr/lib/chromium-browser',
    '/opt/google/chrome',
    '/opt/microsoft/msedge',
    '/snap/chromium/current/usr/lib/chromium-browser',
    ...downloaded,
  ]
}

/** A read that has nothing to wait for is back within this. */
const EAGER_MILLISECONDS = 0.5
const PATIENT_MILLISECONDS = 1

let asksSeldom = false

/**
 * While work is under way, Dawn's binding asks for it on every turn of the event loop: a core that is always busy. Where
 * those cores are the adapter, it takes from the adapter what it waits for; on two cores steps took half as long again.
 * The binding schedules by the global `setImmediate` and by nothing else, so here its questions are told from others' and
 * put off a little.
 */
function askSeldom(): void {
  if (asksSeldom) return
  asksSeldom = true
  const immediate = globalThis.setImmediate
  let asking = false
  let since = 0
  const schedule = (work: (...words: unknown[]) => void, ...words: unknown[]) => {
    if (!isBinding(work)) return immediate(work, ...words)
    const now = performance.now()
    // What is scheduled from within is the same wait going on.
    if (!asking) since = now
    const ask = () => {
      asking = true
      try {
        work()
      } finally {
        asking = false
      }
    }
    return now - since < EAGER_MILLISECONDS ? immediate(ask) : setTimeout(ask, PATIENT_MILLISECONDS)
  }
  // util.promisify finds its own variant among the properties.
  Object.defineProperties(schedule, Object.getOwnPropertyDescriptors(immediate))
  globalThis.setImmediate = schedule as typeof globalThis.setImmediate
}

/** Functions of native bindings have a prototype, which bound functions and those that settle promises have not. */
const isBinding = (work: object): boolean =>
  Object.hasOwn(work, 'prototype') && /\{ \[native code\] \}$/.test(Function.prototype.toString.call(work))

/**
 * A device in Node through Dawn (npm `webgpu`). Where there is no GPU, the software driver that ships beside
 * Chromium is used.
 * @throws InputError when neither is there
 */
export async function requestNodeGpu(): Promise<Gpu> {
  // Mesa's drivers complain on stderr where this is not set, and make nothing of it here.
  process.env.XDG_RUNTIME_DIR ??= tmpdir()
  const { create, globals } = await import('webgpu')
  Object.assign(globalThis, globals)
  const open = async () => {
    const entry = create([])
    instances.push(entry)
    if (!(await entry.requestAdapter())) return null
    const gpu = await Gpu.request(entry)
    if (gpu.isSoftware) askSeldom()
    return gpu
  }
  const gpu = await open()
  if (gpu) return gpu
  const manifest = driverFolders()
    .map((folder) => join(folder, DRIVER_MANIFEST))
    .find((path) => existsSync(path))
  if (manifest) {
    // Read by the Vulkan loader when Dawn makes its next instance.
    process.env.VK_ICD_FILENAMES = manifest
    const software = await open()
    if (software) return software
  }
  throw new InputError(
    'No GPU was found, nor the software driver that ships beside Chromium: install a Vulkan driver or Chromium (on Debian: apt-get install chromium).',
  )
}
