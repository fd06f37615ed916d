import { expect } from 'vitest'
import type { Driven } from './browsers.ts'

/** A software adapter shared with other work can take its time, and Firefox's takes more. */
export const PATIENCE = 300_000

export const byTestId = (name: string) => `[data-testid="${name}"]`

/** Somebody at the page, in whatever browser: reads what it says, presses what can be pressed. Elements by selector. */
export class Person {
  constructor(readonly page: Driven) {}

  /** What an element says; null where there is none. */
  text(selector: string): Promise<string | null> {
    return this.page.evaluate((selector) => document.querySelector(selector)?.textContent ?? null, selector)
  }

  attribute(selector: string, name: string): Promise<string | null> {
    return this.page.evaluate(
      ([selector, name]) => document.querySelector(selector)?.getAttribute(name) ?? null,
      [selector, name] as const,
    )
  }

  /** Waits until what is asked for is so. */
  until<Answer>(ask: () => Promise<Answer>) {
    return expect.poll(ask, { timeout: PATIENCE, interval: 50 })
  }

  /** Waits until there is such an element, or none. */
  async waitFor(selector: string, there = true): Promise<void> {
    await this.until(async () => (await this.text(selector)) !== null).toBe(there)
  }

  waitForStatus(status: 'running' | 'paused'): Promise<void> {
    return this.waitFor(`body[data-status="${status}"]`)
  }

  async steps(): Promise<number> {
    return Number((await this.text(byTestId('step-count')))?.replace(/\D/g, ''))
  }

  /** Waits until the step counter has moved on by `count`. */
  async waitForSteps(count: number): Promise<void> {
    const goal = (await this.steps()) + count
    await this.until(() => this.steps()).toBeGreaterThanOrEqual(goal)
  }

  /** Presses a button, once it is there. */
  async press(selector: string): Promise<void> {
    await this.waitFor(selector)
    await this.page.evaluate((selector) => {
      const element = document.querySelector<HTMLElement>(selector)!
      element.focus()
      element.click()
    }, selector)
  }

  async focus(selector: string): Promise<void> {
    await this.page.evaluate((selector) => document.querySelector<HTMLElement>(selector)?.focus(), selector)
  }

  /** Gives a field, a slider or a list this value, as whoever types or drags does. */
  async fill(selector: string, value: string): Promise<void> {
    await this.waitFor(selector)
    await this.page.evaluate(
      ([selector, value]) => {
        const field = document.querySelector<HTMLInputElement | HTMLSelectElement>(selector)!
        field.focus()
        field.value = value
        for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true }))
      },
      [selector, value] as const,
    )
  }

  /** Fills a field and presses Enter there. */
  async enter(selector: string, value: string): Promise<void> {
    await this.fill(selector, value)
    await this.page.keyboard.press('Enter')
  }

  /** Presses a button that saves a text, and reads that. */
  saved(selector: string): Promise<string> {
    return this.page.evaluate(async (selector) => {
      const { createObjectURL } = URL
      const { click } = HTMLAnchorElement.prototype
      try {
        return await new Promise<string>((resolve) => {
          HTMLAnchorElement.prototype.click = () => {}
          URL.createObjectURL = (content) => {
            resolve((content as Blob).text())
            return createObjectURL(content)
          }
          document.querySelector<HTMLElement>(selector)!.click()
        })
      } finally {
        URL.createObjectURL = createObjectURL
        HTMLAnchorElement.prototype.click = click
      }
    }, selector)
  }

  /** The name of the atom under the pointer at a place of the window; null where none is named within a moment. */
  async atomAt(x: number, y: number): Promise<string | null> {
    await this.page.mouse.move(x, y)
    return this.page.evaluate(
      async ([x, y]) => {
        const MOMENT = 150
        for (const end = performance.now() + MOMENT; performance.now() < end; ) {
          const tip = document.querySelector<HTMLElement>('[data-testid="atom-tip"]')
          const at = ['--x', '--y'].map((name) => Number.parseFloat(tip?.style.getPropertyValue(name) ?? ''))
          // What is said of the place before is old news.
          if (tip && at[0] === x && at[1] === y)
            return /^[A-Z][a-z]?\d+/.exec(tip.textContent ?? '')?.[0] ?? null
          await new Promise(requestAnimationFrame)
        }
        return null
      },
      [x, y] as const,
    )
  }
}
