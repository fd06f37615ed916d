/**
 * Keeps the page for days without a network. Every file of a build is stored under its path and a digest of its content:
 * a new build fetches only what has changed, and lays it beside what an open page of the old build still needs. The new
 * worker takes over, and tidies up, when the last such page is closed.
 */
import { fresh, type Precached } from './offline-files.ts'

/** [path, digest] of all files of the build: written here by scripts/vite/offline.ts. */
declare const TUMBLE_FILES: readonly Precached[]

interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void
}

interface Fetching extends Waiting {
  readonly request: Request
  respondWith(response: Promise<Response>): void
}

const worker = self as unknown as {
  readonly registration: { readonly scope: string }
  addEventListener(name: 'install' | 'activate', listener: (event: Waiting) => void): void
  addEventListener(name: 'fetch', listener: (event: Fetching) => void): void
}

const CACHE = 'tumble'
/** ms that a server may take to answer before what is stored must do. */
const PATIENCE = 4000

const { scope } = worker.registration
const keyOf = ([path, digest]: Precached): string => `${scope}${path}?${digest}`
const files = new Map(TUMBLE_FILES.map((file) => [file[0], file]))

async function install(): Promise<void> {
  const cache = await caches.open(CACHE)
  const stored = new Set((await cache.keys()).map(({ url }) => url))
  await Promise.all(
    TUMBLE_FILES.filter((file) => !stored.has(keyOf(file))).map(async (file) => {
      const response = await fetch(scope + file[0], { cache: 'no-cache' })
      if (!response.ok) throw new Error(`${file[0]}: ${response.status}`)
      await cache.put(keyOf(file), response)
    }),
  )
}

async function tidy(): Promise<void> {
  const cache = await caches.open(CACHE)
  const wanted = new Set(TUMBLE_FILES.map(keyOf))
  for (const { url } of await cache.keys()) if (!wanted.has(url)) await cache.delete(url)
}

async function answer(request: Request, file: Precached): Promise<Response> {
  const cache = await caches.open(CACHE)
  const stored = await cache.match(keyOf(file))
  if (!stored) return fetch(request)
  // What has a digest in its name cannot have changed.
  if (!fresh(file)) return stored
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(stored), PATIENCE))
  const asked = fetch(request).then((response) => (response.ok ? response : stored))
  return Promise.race([asked.catch(() => stored), late])
}

worker.addEventListener('install', (event) => event.waitUntil(install()))
worker.addEventListener('activate', (event) => event.waitUntil(tidy()))
worker.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || !url.href.startsWith(scope)) return
  const file = files.get(
    decodeURIComponent(url.pathname).slice(new URL(scope).pathname.length) || 'index.html',
  )
  if (file) event.respondWith(answer(request, file))
})
