import { launch } from './browser.ts'
import { launchFirefox } from './firefox.ts'

/** What tests in both browsers need of a page, and the pages of both drivers have. */
export interface Driven {
  evaluate<Word, Answer>(work: (word: Word) => Answer | Promise<Answer>, word: Word): Promise<Answer>
  readonly mouse: {
    move(x: number, y: number): Promise<void>
    click(x: number, y: number): Promise<void>
    down(): Promise<void>
    up(): Promise<void>
  }
  readonly keyboard: {
    press(key: string): Promise<void>
    down(key: string): Promise<void>
    up(key: string): Promise<void>
    type(text: string): Promise<void>
  }
}

/** A page in some browser. */
export interface Opened {
  readonly page: Driven
  /** Everything the console and the page have complained about. */
  readonly complaints: readonly string[]
  close(): Promise<void>
}

/** Collects everything that the console and the page complain about, in the words of either driver. */
export function watchComplaints(page: object): readonly string[] {
  const complaints: string[] = []
  const telling = page as {
    on(event: 'console', told: (message: { type(): string; text(): string }) => void): unknown
    on(event: 'pageerror', told: (error: unknown) => void): unknown
  }
  telling.on('console', (message) => {
    if (['error', 'warning', 'warn'].includes(message.type())) complaints.push(message.text())
  })
  telling.on('pageerror', (error) => complaints.push(String(error)))
  return complaints
}

/** Of the window, CSS pixels. */
export const SIZE = { width: 1000, height: 700 }

const browsers = {
  'Chromium (Dawn, Tint)': async () => {
    const browser = await launch()
    return { browser, page: await browser.newPage({ viewport: SIZE, colorScheme: 'dark' }) }
  },
  'Firefox (wgpu, Naga)': async () => {
    const browser = await launchFirefox()
    const page = await browser.newPage()
    await page.setViewport(SIZE)
    return { browser, page }
  },
}

export type BrowserName = keyof typeof browsers
export const browserNames = Object.keys(browsers) as BrowserName[]

/** Opens an address in a browser of its own. */
export async function openIn(name: BrowserName, url: string): Promise<Opened> {
  const { browser, page } = await browsers[name]()
  const complaints = watchComplaints(page)
  await page.goto(url)
  return { page: page as unknown as Driven, complaints, close: () => browser.close() }
}
