/**
 * A frame for each edge whose y axis is the edge's direction. In it all spherical harmonics but m = 0 vanish, so that tensor
 * products with them fall apart into products of single numbers (eSCN, Passaro and Zitnick, arXiv:2302.03655).
 *
 * | symbol                                        | here                                       |
 * |-----------------------------------------------|--------------------------------------------|
 * | u = (sin α sin β, cos β, cos α sin β)         | `unit` [3]                                 |
 * | R = R_y(α) R_x(β), R ŷ = u                    | `rotation`, row-major                      |
 * | x' = D(R)ᵀ x                                  | `intoFrame`                                |
 * | x = D(R) x'                                   | `outOfFrame`                               |
 * | τ_a = ∂E/∂(angle by which R is turned about a) | `torque` [3] of the adjoints              |
 *
 * The angle of roll about u is a convention (γ = 0), and no result may depend on it. What does not has the gradient
 * ∂E/∂u = τ × u, for any roll: `unitFromTorque`. The frame itself does: `edgeFrameAdjoint`, which has poles at u = ±ŷ.
 */
import type { Irreps } from '../../models/irreps/irreps.ts'
import { rotationFromAngles, rotationGenerators, wignerD } from '../../models/irreps/rotation.ts'

export interface EdgeFrame {
  readonly unit: readonly number[]
  /** Radians; 0 where u = ±ŷ leaves it open. */
  readonly alpha: number
  /** Radians, 0 … π. */
  readonly beta: number
  readonly rotation: Float64Array
}

/** The frame of a direction of length 1. */
export function edgeFrame(unit: readonly number[]): EdgeFrame {
  const [x, y, z] = unit
  const alpha = Math.atan2(x, z)
  // Not acos(y), which loses half of the digits near the poles.
  const beta = Math.atan2(Math.hypot(x, z), y)
  return { unit, alpha, beta, rotation: rotationFromAngles(alpha, beta, 0) }
}

const cross = (a: ArrayLike<number>, b: ArrayLike<number>): Float64Array =>
  Float64Array.of(a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])

/** ∂E/∂u, perpendicular to u, of an energy that does not depend on the roll. */
export const unitFromTorque = (unit: readonly number[], torque: ArrayLike<number>): Float64Array =>
  cross(torque, unit)

/**
 * ∂E/∂u, perpendicular to u, from the gradient gRotation [3 × 3] toward the entries of R.
 *
 * R turns by δα about ŷ and by δβ about R_y(α) x̂; τ_a = ⟨gR, J_a R⟩.
 */
export function edgeFrameAdjoint({ unit, rotation }: EdgeFrame, gRotation: ArrayLike<number>): Float64Array {
  const torque = [0, 0, 0]
  for (let column = 0; column < 3; column++) {
    const at = (m: ArrayLike<number>) => [m[column], m[3 + column], m[6 + column]]
    cross(at(rotation), at(gRotation)).forEach((t, a) => {
      torque[a] += t
    })
  }
  const [x, y, z] = unit
  const sine = Math.hypot(x, z)
  const alpha = torque[1]
  const beta = (torque[0] * z - torque[2] * x) / sine
  return Float64Array.of(
    (alpha * z) / sine ** 2 + (beta * x * y) / sine,
    -beta * sine,
    (-alpha * x) / sine ** 2 + (beta * z * y) / sine,
  )
}

/** Multiplies the channels of one row with D (or its transpose) of each degree. */
function turn(irreps: Irreps, rotation: Float64Array, transposed: boolean, x: Float64Array): Float64Array {
  const matrices = wignerD(Math.max(0, ...irreps.blocks.map(({ degree }) => degree)), rotation)
  const y = new Float64Array(x.length)
  forEachChannel(irreps, (degree, at) => {
    const width = 2 * degree + 1
    for (let m = 0; m < width; m++) {
      for (let n = 0; n < width; n++) {
        y[at + m] += matrices[degree][transposed ? n * width + m : m * width + n] * x[at + n]
      }
    }
  })
  return y
}

function forEachChannel(irreps: Irreps, visit: (degree: number, at: number) => void): void {
  for (const { degree, multiplicity, offset } of irreps.blocks) {
    for (let u = 0; u < multiplicity; u++) visit(degree, offset + u * (2 * degree + 1))
  }
}

/** τ_a = ⟨g, J_a x⟩ over all channels of one row. */
function torqueOf(irreps: Irreps, g: Float64Array, x: Float64Array): Float64Array {
  const torque = new Float64Array(3)
  forEachChannel(irreps, (degree, at) => {
    const width = 2 * degree + 1
    rotationGenerators(degree).forEach((j, k) => {
      const m = Math.floor(k / width) % width
      torque[Math.floor(k / (width * width))] += g[at + m] * j * x[at + (k % width)]
    })
  })
  return torque
}

/** One row of features, seen from the edge's frame. */
export const intoFrame = (irreps: Irreps, frame: EdgeFrame, x: Float64Array): Float64Array =>
  turn(irreps, frame.rotation, true, x)

/** One row of features of the edge's frame, seen from outside. */
export const outOfFrame = (irreps: Irreps, frame: EdgeFrame, x: Float64Array): Float64Array =>
  turn(irreps, frame.rotation, false, x)

/** From the gradient g toward `intoFrame(x)`: gradient with respect to x, and the torque on the frame. */
export function intoFrameAdjoint(
  irreps: Irreps,
  frame: EdgeFrame,
  x: Float64Array,
  g: Float64Array,
): { x: Float64Array; torque: Float64Array } {
  const gx = outOfFrame(irreps, frame, g)
  // The frame turns forwards, features seen from it backwards.
  return { x: gx, torque: torqueOf(irreps, gx, x).map((t) => -t) }
}

/** From the gradient g toward `outOfFrame(x)`: gradient with respect to x, and the torque on the frame. */
export function outOfFrameAdjoint(
  irreps: Irreps,
  frame: EdgeFrame,
  x: Float64Array,
  g: Float64Array,
): { x: Float64Array; torque: Float64Array } {
  return {
    x: intoFrame(irreps, frame, g),
    torque: torqueOf(irreps, g, outOfFrame(irreps, frame, x)),
  }
}
