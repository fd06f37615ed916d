import { readFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { requestNodeGpu } from '../src/gpu/node.ts'
import type { Host } from './host.ts'

/** @param root folder of the checkout */
export function nodeHost(root: string, say: (text: string) => void): Host {
  const processors = cpus()
  return {
    name: `Node ${process.versions.node} (Dawn)`,
    machine: `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`,
    read: async (path) => new Uint8Array(await readFile(join(root, 'public', path))),
    requestGpu: requestNodeGpu,
    say,
  }
}
