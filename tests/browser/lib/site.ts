import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buildEngineTests, buildPage } from '../../../scripts/lib/build.mjs'
import { root } from '../../../scripts/lib/root.mjs'
import { serveFolder } from '../../../scripts/lib/static-server.mjs'

export interface Site {
  readonly url: string
  close(): Promise<void>
}

/** Where the built page is. */
export const siteFolder = join(root, 'dist', 'page')

/** The built page on a local port, as `npm start` serves it; built anew if its sources have changed. */
export async function serveSite(): Promise<Site> {
  await buildPage()
  return serveFolderAsSite(siteFolder)
}

/** The checkout on a local port, with the engine's test page built: that page reads golden cases and models from it. */
export async function serveCheckout(): Promise<Site> {
  await buildEngineTests()
  return serveFolderAsSite(root)
}

/** Any folder on a local port. */
export async function serveFolderAsSite(folder: string): Promise<Site> {
  const server = await serveFolder(folder, 0)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
