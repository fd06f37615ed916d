import type { EngineApi } from '../engine/page/api.ts'
import { type BrowserName, openIn } from './browsers.ts'

/** The engine in a browser: each call goes to the test page of that name. */
export interface EnginePage {
  call<Name extends keyof EngineApi>(
    name: Name,
    ...words: Parameters<EngineApi[Name]>
  ): Promise<Awaited<ReturnType<EngineApi[Name]>>>
  close(): Promise<void>
}

const PAGE = 'tests/browser/engine/page/index.html'

/** @param site address of the checkout */
export async function openEngine(name: BrowserName, site: string): Promise<EnginePage> {
  const { page, close } = await openIn(name, `${site}${PAGE}`)
  return {
    // As text: WebDriver BiDi describes every number of an array in an object of its own.
    async call(name, ...words) {
      const answer = await page.evaluate(
        async ({ name, words }) => {
          const work = window.engine[name as keyof EngineApi] as (...words: readonly unknown[]) => unknown
          return JSON.stringify(await work(...words))
        },
        { name, words: words as readonly unknown[] },
      )
      return JSON.parse(answer)
    },
    close,
  }
}
