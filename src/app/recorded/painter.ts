import { elementOf } from '../../chemistry/elements.ts'

/** Drawn radius = van der Waals radius · BALL + BASE, and half the width of a stick; Å. */
const [BALL, BASE, STICK] = [0.215, 0.045, 0.1]
/** Atoms are bonded below so many times the sum of their covalent radii. */
const BONDED = 1.25
/** Jmol's carbon, lifted as the viewer does it. */
const CARBON = '#989ea9'
/** Å from the eye to the middle: a calm perspective. */
const EYE = 18

/** Rows of a rotation. */
export type Rotation = readonly number[]

/** A turn by so many radians about the screen's upright axis and then its level one, after `rotation`. */
export function turned(rotation: Rotation, about: { yaw: number; pitch: number }): Rotation {
  const [sy, cy, sp, cp] = [
    Math.sin(about.yaw),
    Math.cos(about.yaw),
    Math.sin(about.pitch),
    Math.cos(about.pitch),
  ]
  const turn = [cy, 0, sy, sp * sy, cp, -sp * cy, -cp * sy, sp, cp * cy]
  return turn.map((_, i) =>
    [0, 1, 2].reduce((sum, k) => sum + turn[3 * Math.floor(i / 3) + k] * rotation[3 * k + (i % 3)], 0),
  )
}

const colorOf = (z: number): string => (z === 6 ? CARBON : elementOf(z).color)
/** Å */
const radiusOf = (z: number): number => elementOf(z).vdwRadius * BALL + BASE
const mixed = (color: string, other: string, percent: number) =>
  `color-mix(in srgb, ${color}, ${other} ${percent}%)`

interface Spot {
  readonly x: number
  readonly y: number
  readonly z: number
  /** Pixels per Å there. */
  readonly scale: number
}

/**
 * Draws balls and sticks, far ones first, with the means of a 2D canvas.
 * @param positions [atoms × 3] Å about the middle
 * @param reach Å that must fit from the middle to the nearer edge
 */
export function paint(
  context: CanvasRenderingContext2D,
  atomicNumbers: ArrayLike<number>,
  positions: Float64Array,
  rotation: Rotation,
  reach: number,
): void {
  const { width, height } = context.canvas
  context.clearRect(0, 0, width, height)
  const unit = Math.min(width, height) / (2 * reach)
  const spots = Array.from(atomicNumbers, (_, atom): Spot => {
    const [x, y, z] = [0, 3, 6].map((row) =>
      [0, 1, 2].reduce((sum, k) => sum + rotation[row + k] * positions[3 * atom + k], 0),
    )
    const scale = (unit * EYE) / (EYE - z)
    return { x: width / 2 + x * scale, y: height / 2 - y * scale, z, scale }
  })
  const work: { z: number; draw(): void }[] = []
  spots.forEach((a, i) => {
    work.push({ z: a.z, draw: () => ball(context, a, atomicNumbers[i]) })
    for (let j = 0; j < spots.length; j++) {
      if (i === j || !bonded(atomicNumbers, positions, i, j)) continue
      const b = spots[j]
      // Each atom draws its own half, in its own colour.
      const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
      // From within the ball, which a stick that comes forward would otherwise cross.
      const apart = Math.hypot(...[0, 1, 2].map((k) => positions[3 * j + k] - positions[3 * i + k]))
      const inside = (0.85 * radiusOf(atomicNumbers[i])) / apart
      const foot = { ...a, x: a.x + (b.x - a.x) * inside, y: a.y + (b.y - a.y) * inside }
      const draw = () => stick(context, foot, middle, colorOf(atomicNumbers[i]))
      work.push({ z: 0.75 * a.z + 0.25 * b.z - 0.05, draw })
    }
  })
  for (const { draw } of work.sort((a, b) => a.z - b.z)) draw()
}

function bonded(atomicNumbers: ArrayLike<number>, positions: Float64Array, i: number, j: number): boolean {
  const [zi, zj] = [atomicNumbers[i], atomicNumbers[j]]
  const apart = Math.hypot(...[0, 1, 2].map((k) => positions[3 * i + k] - positions[3 * j + k]))
  if (zi === 1 && zj === 1) return false
  return apart < BONDED * (elementOf(zi).covalentRadius + elementOf(zj).covalentRadius)
}

function ball(context: CanvasRenderingContext2D, { x, y, scale }: Spot, z: number): void {
  const radius = radiusOf(z) * scale
  const color = colorOf(z)
  const light = context.createRadialGradient(x - 0.35 * radius, y - 0.4 * radius, 0.05 * radius, x, y, radius)
  light.addColorStop(0, mixed(color, 'white', 70))
  light.addColorStop(0.35, color)
  light.addColorStop(0.8, mixed(color, '#10131a', 45))
  light.addColorStop(1, mixed(color, '#10131a', 70))
  context.fillStyle = light
  context.beginPath()
  context.arc(x, y, radius, 0, 2 * Math.PI)
  context.fill()
}

function stick(
  context: CanvasRenderingContext2D,
  from: Spot,
  to: { x: number; y: number },
  color: string,
): void {
  const half = STICK * from.scale
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1
  const [nx, ny] = [(-(to.y - from.y) / length) * half, ((to.x - from.x) / length) * half]
  const light = context.createLinearGradient(from.x - nx, from.y - ny, from.x + nx, from.y + ny)
  light.addColorStop(0, mixed(color, '#10131a', 60))
  light.addColorStop(0.45, mixed(color, 'white', 15))
  light.addColorStop(1, mixed(color, '#10131a', 60))
  context.strokeStyle = light
  context.lineWidth = 2 * half
  context.beginPath()
  context.moveTo(from.x, from.y)
  context.lineTo(to.x, to.y)
  context.stroke()
}
