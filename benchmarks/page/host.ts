import { Gpu } from '../../src/gpu/gpu.ts'
import type { Host } from '../host.ts'

/** The bytes at an address of the server that serves the checkout. */
export async function fetchBytes(url: string): Promise<Uint8Array> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url}: the server answered ${response.status}.`)
  return new Uint8Array(await response.arrayBuffer())
}

/** Name and version of the browser, as far as it gives them. */
export function browserName(): string {
  const known = navigator.userAgent.match(/(Firefox|Edg|Chrome|Version)\/[\d.]+/g)?.at(-1)
  return (known ?? navigator.userAgent).replace('Version/', 'Safari/').replace('/', ' ')
}

export const browserHost = (say: (text: string) => void): Host => ({
  name: browserName(),
  machine: `${navigator.hardwareConcurrency} processor threads, ${navigator.platform}`,
  read: (path) => fetchBytes(`/public/${path}`),
  requestGpu: () => Gpu.request(),
  say,
})
