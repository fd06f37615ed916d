import type { Cell, Structure } from '../../../src/chemistry/structure.ts'

/** What a step of {@link fire} came to. */
export interface FireStep {
  readonly positions: Float64Array
  readonly cell: Cell | null
}

export interface FireSettings {
  readonly fmax: number
  readonly furthest: number
  readonly cell: 'none' | 'isotropic' | 'free'
  /** eV/Å³ */
  readonly pressure: number
}

/** Energy's derivatives at a place: forces [atoms × 3] in eV/Å, and dE/dstrain in eV, symmetric, nine numbers. */
export type Derivatives = (
  positions: Float64Array,
  cell: Cell | null,
) => {
  readonly forces: Float64Array
  readonly virial: readonly number[]
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}

/**
 * FIRE 2.0 in float64, as plainly as Guénolé et al. 2020 (doi:10.1016/j.commatsci.2020.109584) write it, the strain of the
 * cell times √N as nine more coordinates; strain turns about the middle of the structure's atoms at the start.
 */
export function* fire(
  start: Structure,
  derivatives: Derivatives,
  settings: FireSettings,
): Generator<FireStep> {
  const atoms = start.atomicNumbers.length
  const root = Math.sqrt(atoms)
  const middle = [0, 1, 2].map((k) => {
    let sum = 0
    for (let i = k; i < 3 * atoms; i += 3) sum += start.positions[i]
    return sum / atoms
  })
  let x = start.positions.slice()
  let cell = start.cell
  // Atoms and cell together: [3 N + 9]
  const v = new Float64Array(3 * atoms + 9)
  let [dt, mixing, downhill] = [0.1, 0.25, 0]
  let last = 0
  for (;;) {
    const { forces, virial } = derivatives(x, cell)
    const f = new Float64Array(3 * atoms + 9)
    f.set(forces)
    if (settings.cell !== 'none' && cell) {
      const volume = determinant(cell)
      const pull = virial.map((w, k) => -(w + (k % 4 === 0 ? settings.pressure * volume : 0)) / root)
      const mean = (pull[0] + pull[4] + pull[8]) / 3
      f.set(settings.cell === 'free' ? pull : pull.map((_, k) => (k % 4 === 0 ? mean : 0)), 3 * atoms)
    }
    const power = dot(f, v)
    const move = new Float64Array(v.length)
    if (power > 0) {
      downhill++
      if (downhill > 20) {
        dt = Math.min(1.1 * dt, 1)
        mixing *= 0.99
      }
    } else {
      if (dot(v, v) > 0) {
        dt = Math.max(0.5 * dt, 0.002)
        mixing = 0.25
      }
      downhill = 0
      for (let i = 0; i < v.length; i++) move[i] -= 0.5 * last * v[i]
      v.fill(0)
    }
    for (let i = 0; i < v.length; i++) v[i] += dt * f[i]
    if (power > 0) {
      const turn = (mixing * Math.sqrt(dot(v, v))) / Math.sqrt(dot(f, f))
      for (let i = 0; i < v.length; i++) v[i] = (1 - mixing) * v[i] + turn * f[i]
    }
    let excess = 1
    for (let i = 0; i < 3 * atoms; i += 3)
      excess = Math.max(excess, (dt * Math.hypot(v[i], v[i + 1], v[i + 2])) / settings.furthest)
    for (let k = 0; k < 9; k++) excess = Math.max(excess, (dt * Math.abs(v[3 * atoms + k])) / root / 0.02)
    for (let i = 0; i < v.length; i++) {
      v[i] /= excess
      move[i] += dt * v[i]
    }
    last = dt
    const strain = Array.from(move.subarray(3 * atoms), (q) => q / root)
    const strained = (r: readonly number[]) => r.map((_, k) => r[k] + dot(strain.slice(3 * k, 3 * k + 3), r))
    const before = x
    x = Float64Array.from(before, (_, i) => {
      const first = 3 * Math.floor(i / 3)
      const r = [0, 1, 2].map((k) => before[first + k] - middle[k])
      return strained(r)[i % 3] + middle[i % 3] + move[i]
    })
    if (cell) {
      const rows = cell
      cell = [0, 1, 2].flatMap((k) => strained(rows.slice(3 * k, 3 * k + 3))) as unknown as Cell
    }
    yield { positions: x, cell }
  }
}

const determinant = ([a, b, c, d, e, f, g, h, i]: Cell): number =>
  a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)

/** Soft spheres ½ k (σ − r)², all images within σ; springs to anchors beside them. */
export const softSpheres =
  (
    stiffness: number,
    diameter: number,
    springs?: { readonly stiffness: number; readonly anchors: ArrayLike<number> },
  ): Derivatives =>
  (positions, cell) => {
    const atoms = positions.length / 3
    const forces = new Float64Array(3 * atoms)
    const virial = Array<number>(9).fill(0)
    const images = cell ? [-1, 0, 1] : [0]
    for (let i = 0; i < atoms; i++)
      for (let j = 0; j < atoms; j++)
        for (const a of images)
          for (const b of images)
            for (const c of images) {
              if (i === j && a === 0 && b === 0 && c === 0) continue
              const d = [0, 1, 2].map((k) => {
                const shift = cell ? a * cell[k] + b * cell[3 + k] + c * cell[6 + k] : 0
                return positions[3 * j + k] - positions[3 * i + k] + shift
              })
              const r = Math.hypot(d[0], d[1], d[2])
              if (r >= diameter) continue
              for (let k = 0; k < 3; k++) {
                const pull = (-stiffness * (diameter - r) * d[k]) / r
                forces[3 * i + k] += pull
                for (let l = 0; l < 3; l++) virial[3 * k + l] += 0.5 * d[l] * pull
              }
            }
    if (springs)
      for (let i = 0; i < forces.length; i++)
        forces[i] += springs.stiffness * (springs.anchors[i] - positions[i])
    return { forces, virial }
  }
