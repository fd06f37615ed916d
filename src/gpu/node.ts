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
    return (await entry.requestAdapter()) ? Gpu.request(entry) : null
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
