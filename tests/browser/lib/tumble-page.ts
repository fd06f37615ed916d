import type { Browser, Page } from 'playwright'

/** A software adapter shared with other work can take its time. */
export const PATIENCE = 90_000

/** The page as a person meets it: what it says, what can be pressed, what can be dropped on it. */
export class TumblePage {
  /** Everything the console and the page complained about. */
  readonly complaints: string[] = []
  /** Addresses asked for, the page's own included. */
  readonly requests: string[] = []

  private constructor(readonly page: Page) {
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text())
    })
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('request', (request) => this.requests.push(request.url()))
    page.on('requestfailed', (request) => this.complaints.push(`request failed: ${request.url()}`))
  }

  /**
   * @param before runs in the page ahead of its own scripts
   * @param colorScheme what the system says
   */
  static async open(
    browser: Browser,
    url: string,
    before?: () => void,
    colorScheme: 'dark' | 'light' = 'dark',
  ): Promise<TumblePage> {
    const context = await browser.newContext({ viewport: { width: 1000, height: 700 }, colorScheme })
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENCE)
    if (before) await page.addInitScript(before)
    const tumble = new TumblePage(page)
    await page.goto(url)
    return tumble
  }

  /** Waits for the page's own word on what it is doing. */
  async waitFor(status: 'running' | 'paused' | 'unsupported' | 'error' | 'lost'): Promise<void> {
    await this.page.waitForSelector(`body[data-status="${status}"]`)
  }

  async text(testId: string): Promise<string> {
    return (await this.page.getByTestId(testId).textContent()) ?? ''
  }

  async steps(): Promise<number> {
    return Number((await this.text('step-count')).replace(/\D/g, ''))
  }

  /** Waits until the step counter has moved on by `count`. */
  async waitForSteps(count: number): Promise<void> {
    const goal = (await this.steps()) + count
    await this.page.waitForFunction((goal) => {
      const text = document.querySelector('[data-testid="step-count"]')?.textContent ?? ''
      return Number(text.replace(/\D/g, '')) >= goal
    }, goal)
  }

  async waitForStructure(name: string): Promise<void> {
    await this.page.getByTestId('structure-name').filter({ hasText: name }).waitFor()
  }

  /** Drops files on the window, as a file manager would. */
  async drop(...files: { name: string; content: string | Uint8Array }[]): Promise<void> {
    const plain = files.map(({ name, content }) => ({
      name,
      base64: Buffer.from(content).toString('base64'),
    }))
    const transfer = await this.page.evaluateHandle((files) => {
      const transfer = new DataTransfer()
      for (const { name, base64 } of files)
        transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name))
      return transfer
    }, plain)
    for (const event of ['dragenter', 'dragover', 'drop'])
      await this.page.dispatchEvent('body', event, { dataTransfer: transfer })
  }

  /** The sentence of the next alert, which is then dismissed. */
  async takeAlert(): Promise<string> {
    const alert = this.page.getByRole('alert').first()
    await alert.waitFor()
    const text = (await alert.locator('p').textContent()) ?? ''
    await alert.getByRole('button', { name: 'Dismiss' }).click()
    await alert.waitFor({ state: 'detached' })
    return text
  }

  /** The picture in the middle of the canvas, decoded: [height × width × RGBA]. */
  async picture(): Promise<{
    width: number
    height: number
    /** Where on the page its corner is. */
    left: number
    top: number
    data: Uint8ClampedArray
  }> {
    const { width, height } = this.page.viewportSize()!
    const clip = { x: width * 0.3, y: height * 0.15, width: width * 0.36, height: height * 0.6 }
    const png = (await this.page.screenshot({ clip, animations: 'disabled' })).toString('base64')
    // A second page decodes it: the tested page's policy allows no such thing, and its frames stay its own.
    const helper = await this.page.context().newPage()
    try {
      const pixels = await helper.evaluate(async (png) => {
        const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob())
        const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
        const context = canvas.getContext('2d')!
        context.drawImage(bitmap, 0, 0)
        const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height)
        return { width: bitmap.width, height: bitmap.height, data: Array.from(data) }
      }, png)
      return { ...pixels, left: clip.x, top: clip.y, data: Uint8ClampedArray.from(pixels.data) }
    } finally {
      await helper.close()
    }
  }

  close(): Promise<void> {
    return this.page.context().close()
  }
}
