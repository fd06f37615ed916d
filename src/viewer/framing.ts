import { Matrix4, Quaternion, Vector3 } from 'three/webgpu'
import type { View } from './orbit.ts'

/** Eigenvectors (columns by row index) of a symmetric 3×3 matrix, largest eigenvalue first, by Jacobi rotations. */
function principalAxes(m: number[][]): Vector3[] {
  const axes = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]
  for (let sweep = 0; sweep < 24; sweep++) {
    for (const [p, q] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      if (Math.abs(m[p][q]) < 1e-12) continue
      const angle = 0.5 * Math.atan2(2 * m[p][q], m[q][q] - m[p][p])
      const [c, s] = [Math.cos(angle), Math.sin(angle)]
      for (let k = 0; k < 3; k++) [m[k][p], m[k][q]] = [c * m[k][p] - s * m[k][q], s * m[k][p] + c * m[k][q]]
      for (let k = 0; k < 3; k++) [m[p][k], m[q][k]] = [c * m[p][k] - s * m[q][k], s * m[p][k] + c * m[q][k]]
      for (let k = 0; k < 3; k++)
        [axes[k][p], axes[k][q]] = [c * axes[k][p] - s * axes[k][q], s * axes[k][p] + c * axes[k][q]]
    }
  }
  return [0, 1, 2]
    .sort((i, j) => m[j][j] - m[i][i])
    .map((i) => new Vector3(axes[0][i], axes[1][i], axes[2][i]))
}

/**
 * A first look at a molecule: its longest axis level, its flattest side to the eye, turned a little so that depth
 * shows. A cell is seen from its corner instead.
 * @param points [n × 3] Å, about the origin
 */
export function firstTurn(points: Float64Array, periodic: boolean): Quaternion {
  const tilt = (x: number, y: number) =>
    new Quaternion()
      .setFromAxisAngle(new Vector3(0, 1, 0), y)
      .multiply(new Quaternion().setFromAxisAngle(new Vector3(1, 0, 0), x))
  if (periodic) return tilt(-0.32, 0.5)
  const spread = [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ]
  for (let i = 0; i < points.length; i += 3)
    for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) spread[a][b] += points[i + a] * points[i + b]
  const [long, middle] = principalAxes(spread)
  const turn = new Quaternion().setFromRotationMatrix(
    new Matrix4().makeBasis(long, middle, new Vector3().crossVectors(long, middle)),
  )
  return turn.multiply(tilt(-0.28, 0.3))
}

/**
 * The view from which all points are in the frame.
 * @param points [n × 3] Å, about the target at the origin
 * @param margin Å around every point
 * @param slopeX, slopeY tangents of half the free picture's opening angles
 */
export function frameAll(
  points: Float64Array,
  margin: number,
  turn: Quaternion,
  slopeX: number,
  slopeY: number,
): View {
  const back = turn.clone().invert()
  const p = new Vector3()
  let distance = 4
  for (let i = 0; i < points.length; i += 3) {
    p.set(points[i], points[i + 1], points[i + 2]).applyQuaternion(back)
    distance = Math.max(
      distance,
      p.z + (Math.abs(p.x) + margin) / slopeX,
      p.z + (Math.abs(p.y) + margin) / slopeY,
    )
  }
  return { target: new Vector3(), turn, distance }
}

/**
 * Å around the origin in which all points are.
 * @param points [n × 3] Å
 */
export function radiusOf(points: Float64Array): number {
  let radius = 0
  for (let i = 0; i < points.length; i += 3)
    radius = Math.max(radius, Math.hypot(points[i], points[i + 1], points[i + 2]))
  return radius
}
