import type { Browser, Page } from 'playwright'

/** A software adapter shared with other work can take its time. */
export const PATIENCE = 90_000

export interface Pixels {
  readonly width: number
  readonly height: number
  /** [height × width × RGBA] */
  readonly data: Uint8ClampedArray
}

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

  /** Steps of a run that has been paused, when the last of them has been told of. */
  async stepsAtRest(): Promise<number> {
    for (let before = -1; ; ) {
      const now = await this.steps()
      if (now === before) return now
      before = now
      // Longer than reports are apart while it runs, on a slow adapter too.
      await this.page.waitForTimeout(1000)
    }
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

  /** The picture in the middle of the canvas, and where on the page its corner is. */
  async picture(): Promise<Pixels & { left: number; top: number }> {
    const { width, height } = this.page.viewportSize()!
    const clip = { x: width * 0.3, y: height * 0.15, width: width * 0.36, height: height * 0.6 }
    const png = await this.page.screenshot({ clip, animations: 'disabled' })
    return { ...(await this.decode(png, 'image/png')), left: clip.x, top: clip.y }
  }

  /** What a picture shows, or the first frame of a film: [height × width × RGBA]. */
  async decode(content: Uint8Array, type: string): Promise<Pixels> {
    // A second page decodes it: the tested page's policy allows no such thing, and its frames stay its own.
    const helper = await this.page.context().newPage()
    try {
      const { width, height, base64 } = await helper.evaluate(
        async ({ url, isFilm }) => {
          const element = document.createElement(isFilm ? 'video' : 'img')
          await new Promise((resolve, reject) => {
            element.addEventListener(isFilm ? 'loadeddata' : 'load', resolve)
            element.addEventListener('error', reject)
            element.src = url
          })
          // What has been loaded need not have been decoded yet; a place that was looked for has.
          if (element instanceof HTMLVideoElement)
            await new Promise((resolve) => {
              element.addEventListener('seeked', resolve)
              element.currentTime = 1e-3
            })
          const [width, height] =
            element instanceof HTMLVideoElement
              ? [element.videoWidth, element.videoHeight]
              : [element.naturalWidth, element.naturalHeight]
          const context = new OffscreenCanvas(width, height).getContext('2d')!
          context.drawImage(element, 0, 0)
          const { data } = context.getImageData(0, 0, width, height)
          let text = ''
          for (let i = 0; i < data.length; i += 8192)
            text += String.fromCharCode(...data.subarray(i, i + 8192))
          return { width, height, base64: btoa(text) }
        },
        {
          url: `data:${type};base64,${Buffer.from(content).toString('base64')}`,
          isFilm: type.startsWith('video/'),
        },
      )
      return { width, height, data: Uint8ClampedArray.from(Buffer.from(base64, 'base64')) }
    } finally {
      await helper.close()
    }
  }

  close(): Promise<void> {
    return this.page.context().close()
  }
}
