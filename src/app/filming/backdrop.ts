/** A radial gradient of a style sheet, in shares of the picture. */
interface Glow {
  readonly middle: readonly [x: number, y: number]
  readonly radii: readonly [x: number, y: number]
  readonly stops: readonly (readonly [share: number, color: string])[]
}

const PERCENT = String.raw`([\d.]+)%`
const ELLIPSE = new RegExp(
  String.raw`radial-gradient\(\s*(?:ellipse\s+)?${PERCENT}\s+${PERCENT}\s+at\s+${PERCENT}\s+${PERCENT}\s*,(.*)\)`,
)
const STOP = new RegExp(String.raw`((?:rgba?|color|oklch|oklab|lab|lch|hsl)\([^)]*\))\s+${PERCENT}`, 'g')

/** What the computed `background-image` of the page says of its light; null where it has none of this kind. */
export function readGlow(image: string): Glow | null {
  const found = ELLIPSE.exec(image)
  if (!found) return null
  const [radiusX, radiusY, x, y] = found.slice(1, 5).map((percent) => Number(percent) / 100)
  const stops = [...found[5].matchAll(STOP)].map(([, color, at]) => [Number(at) / 100, color] as const)
  return stops.length > 1 ? { middle: [x, y], radii: [radiusX, radiusY], stops } : null
}

/**
 * What is behind the molecule on the page, for pictures that have to bring it along: the style sheet says it once, as
 * the background of the body.
 */
export class Backdrop {
  private readonly ground: string
  private readonly glow: Glow | null

  constructor() {
    const { backgroundImage, backgroundColor } = getComputedStyle(document.body)
    const { backgroundColor: root } = getComputedStyle(document.documentElement)
    this.glow = readGlow(backgroundImage)
    this.ground = /,\s*0\)$|transparent/.test(backgroundColor) ? root : backgroundColor
  }

  /** Fills a picture with it. */
  fill(context: OffscreenCanvasRenderingContext2D): void {
    const { width, height } = context.canvas
    context.fillStyle = this.ground
    context.fillRect(0, 0, width, height)
    const { glow } = this
    if (!glow) return
    const [radiusX, radiusY] = [glow.radii[0] * width, glow.radii[1] * height]
    const gradient = context.createRadialGradient(0, 0, 0, 0, 0, 1)
    for (const [share, color] of glow.stops) gradient.addColorStop(share, color)
    context.save()
    context.translate(glow.middle[0] * width, glow.middle[1] * height)
    context.scale(radiusX, radiusY)
    context.fillStyle = gradient
    context.fillRect(
      (-glow.middle[0] * width) / radiusX,
      (-glow.middle[1] * height) / radiusY,
      width / radiusX,
      height / radiusY,
    )
    context.restore()
  }

  /**
   * A picture before it, whole and in the middle where the shapes differ. To be called in the task that has drawn the
   * canvas: what WebGPU has drawn is gone afterwards.
   */
  compose(context: OffscreenCanvasRenderingContext2D, drawn: HTMLCanvasElement): void {
    const { width, height } = context.canvas
    this.fill(context)
    const scale = Math.min(width / drawn.width, height / drawn.height)
    const [w, h] = [drawn.width * scale, drawn.height * scale]
    context.drawImage(drawn, (width - w) / 2, (height - h) / 2, w, h)
  }
}
