import type { EngineApi } from '../engine/page/api.ts'
import { launch } from './browser.ts'
import { launchFirefox } from './firefox.ts'

/** The engine in a browser: each call goes to the test page of that name. */
export interface EnginePage {
  call<Name extends keyof EngineApi>(
    name: Name,
    ...words: Parameters<EngineApi[Name]>
  ): Promise<Awaited<ReturnType<EngineApi[Name]>>>
  close(): Promise<void>
}

/** A page of either driver, as far as it is needed. */
interface Driven {
  evaluate(work: (call: Call) => Promise<string>, call: Call): Promise<string>
}

interface Call {
  readonly name: string
  readonly words: readonly unknown[]
}

const PAGE = 'tests/browser/engine/page/index.html'

const browsers = {
  'Chromium (Dawn, Tint)': async (url: string) => {
    const browser = await launch()
    const page = await browser.newPage()
    await page.goto(url)
    return { page, browser }
  },
  'Firefox (wgpu, Naga)': async (url: string) => {
    const browser = await launchFirefox()
    const page = await browser.newPage()
    await page.goto(url)
    return { page, browser }
  },
}

export type BrowserName = keyof typeof browsers
export const browserNames = Object.keys(browsers) as BrowserName[]

/** @param site address of the checkout */
export async function openEngine(name: BrowserName, site: string): Promise<EnginePage> {
  const { page, browser } = await browsers[name](`${site}${PAGE}`)
  const driven: Driven = page
  return {
    // As text: WebDriver BiDi describes every number of an array in an object of its own.
    async call(name, ...words) {
      const answer = await driven.evaluate(
        async ({ name, words }) => {
          const work = window.engine[name as keyof EngineApi] as (...words: readonly unknown[]) => unknown
          return JSON.stringify(await work(...words))
        },
        { name, words },
      )
      return JSON.parse(answer)
    },
    close: () => browser.close(),
  }
}
