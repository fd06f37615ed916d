/** Is a running simulation as it should be? Judged from its reports alone: no page, no GPU. */
import { closestContact } from '../chemistry/contacts.ts'
import type { Structure } from '../chemistry/structure.ts'
import { BOLTZMANN } from '../chemistry/units.ts'
import type { Report } from '../dynamics/types.ts'

export type Warning =
  /** It has stopped by itself. */
  | { readonly kind: 'unstable'; readonly fault: string }
  /** K */
  | { readonly kind: 'hot'; readonly temperature: number; readonly target: number }
  /** eV per atom and ps that what should be conserved gains; fs */
  | { readonly kind: 'drift'; readonly rate: number; readonly timestep: number }
  /** Two atoms, counted from 0, and the Å between them. */
  | {
      readonly kind: 'close'
      readonly structure: Structure
      readonly atoms: readonly [number, number]
      readonly distance: number
    }

export type WarningKind = Warning['kind']

/** Under what conditions a report came about. */
export interface Circumstances {
  /** K that the run is meant to have. */
  readonly target: number
  /** fs in which a thermostat brings the temperature back; null without one. */
  readonly relaxation: number | null
  /** fs */
  readonly timestep: number
  /** Atoms that are free to move. */
  readonly moving: number
}

/** What a report has changed: what holds from now on, and what holds no more. */
export interface Verdict {
  readonly raised: readonly Warning[]
  readonly gone: readonly WarningKind[]
}

/** K, at 300 K: the least that a target of 0 K is compared with, too. */
const ROOM = 300
/** Standard deviations by which the temperature of few atoms exceeds its mean for no reason but chance; no run sees more. */
const CHANCE = 5
/** fs and reports over which a temperature is averaged: ten periods of the fastest vibrations, and a second of the page. */
const HOT_SPAN = 100
const HOT_REPORTS = 10
/** Relaxation times of the thermostat after which a lower target is reached but for a twentieth. */
const COOLING = 3

/**
 * kT per atom and ps that what should be conserved may gain or lose. As a molecule holds about 3k of heat per atom (Dulong and
 * Petit), this is a thirtieth of its temperature each ps: 10 K at 300 K, and a run of 10 ps is no longer at the temperature
 * it is said to have. A Langevin thermostat of friction γ takes 3γ kΔT per atom, and hides it at 1 % above its target
 * for a γ of 3/ps. A good timestep stays below by a factor of 20 or more (ethanol at 0.5 fs: 0.002).
 */
const DRIFT = 0.1
/** ps: what may be gained in this time has to have been gained, so that a fast drift is told soon and a wave is none. */
const DRIFT_TIME = 1
/** ps that a drift is followed at least, and at most: ten of the fastest vibrations that make it waver, and two hundred. */
const DRIFT_SPAN = 0.1
const LONGEST_DRIFT = 2
const DRIFT_REPORTS = 24
/** How many times what is conserved must have wavered, for a rise not to be one more of its waves. */
const CLEAR = 3
/** A warning is over when what raised it is below this share of what raises it. */
const OVER = 0.5

/**
 * Of the sum of two covalent radii. The shortest bonds of the main groups, N≡N and C≡O, are 0.77 and 0.79 of it, so that
 * nothing a model has learnt from is nearer.
 */
export const TOO_CLOSE = 0.7

/** The temperature in K from which on a mean over many vibrations is no chance: twice what is asked for, and more for few atoms. */
export const hotFrom = ({ target, moving }: Pick<Circumstances, 'target' | 'moving'>): number =>
  target + excess(target, moving)

const excess = (target: number, moving: number): number =>
  Math.max(ROOM, target, CHANCE * Math.sqrt(2 / (3 * Math.max(1, moving))) * target)

/** Whether atoms begin so near each other that no model can know what to do with them. */
export function judgeStart(structure: Structure): Warning | null {
  const contact = closestContact(structure, TOO_CLOSE)
  return contact && { kind: 'close', structure, ...contact }
}

/** Remembers what has been said: of the same thing it speaks again only when that has gone away in between. */
export class Watch {
  private readonly told = new Set<WarningKind>()
  /** [fs, K], the newest last */
  private heat: [time: number, temperature: number][] = []
  /** [ps, eV], the newest last */
  private account: [time: number, conserved: number][] = []
  private before: { readonly time: number; readonly circumstances: Circumstances } | null = null
  /** fs until which heat is left over from a higher target. */
  private cooling = Number.NEGATIVE_INFINITY

  /** Something else runs from now on. */
  begin(): void {
    this.told.clear()
    this.before = null
    this.forget()
  }

  /** The same thing may be said again: something was done about it. */
  forgive(kind: WarningKind): void {
    this.told.delete(kind)
    if (kind === 'hot') this.heat = []
    if (kind === 'drift') this.account = []
  }

  /** What is conserved has changed from outside, by a hand or another thermostat: no drift. */
  disturbed(): void {
    this.account = []
  }

  take(report: Report, circumstances: Circumstances): Verdict {
    const { told, before } = this
    const was = new Set(told)
    const raised: Warning[] = []
    const set = (kind: WarningKind, warning: Warning | null | undefined) => {
      // Undefined: nothing is known yet.
      if (warning === null) told.delete(kind)
      else if (warning && !told.has(kind)) {
        told.add(kind)
        raised.push(warning)
      }
    }
    if (before && report.time === before.time && !report.fault) return { raised: [], gone: [] }
    this.follow(report, circumstances)
    set('unstable', report.fault ? { kind: 'unstable', fault: report.fault } : null)
    // A run that has stopped has one thing to say.
    if (report.fault) for (const kind of ['hot', 'drift'] as const) this.forgive(kind)
    else {
      set('hot', this.judgeHeat(circumstances))
      set('drift', this.judgeDrift(circumstances))
    }
    return { raised, gone: [...was].filter((kind) => !told.has(kind)) }
  }

  /** What reports have in common makes series of them; what they have not ends them. */
  private follow(report: Report, circumstances: Circumstances): void {
    const { before } = this
    const { time } = report
    if (before && time < before.time) {
      // The run has gone back, and what has been seen is not what happens.
      for (const kind of this.told) this.forgive(kind)
      this.forget()
    } else if (before) {
      const { target, timestep, relaxation } = before.circumstances
      if (timestep !== circumstances.timestep) this.forgive('drift')
      if (target !== circumstances.target || relaxation !== circumstances.relaxation) this.disturbed()
      if (circumstances.target < target) this.cooling = time + COOLING * (circumstances.relaxation ?? 0)
    }
    this.before = { time, circumstances }
    if (report.fault) return
    this.heat.push([time, report.temperature])
    while (this.heat.length > HOT_REPORTS && time - this.heat[1][0] >= HOT_SPAN) this.heat.shift()
    this.account.push([time / 1000, report.conservedEnergy])
    while (this.account.length > DRIFT_REPORTS && time / 1000 - this.account[1][0] >= LONGEST_DRIFT)
      this.account.shift()
  }

  private forget(): void {
    this.heat = []
    this.account = []
    this.cooling = Number.NEGATIVE_INFINITY
  }

  /** Undefined where nothing can be said yet, or what was said still holds. */
  private judgeHeat({ target, moving }: Circumstances): Warning | null | undefined {
    const { heat } = this
    const now = heat[heat.length - 1][0]
    if (heat.length < HOT_REPORTS || now - heat[0][0] < HOT_SPAN || now < this.cooling) return undefined
    const temperature = meanOf(heat)
    if (temperature > hotFrom({ target, moving })) return { kind: 'hot', temperature, target }
    return temperature < target + OVER * excess(target, moving) ? null : undefined
  }

  private judgeDrift({ target, timestep, moving }: Circumstances): Warning | null | undefined {
    const { account } = this
    const span = account[account.length - 1][0] - account[0][0]
    if (account.length < DRIFT_REPORTS || span < DRIFT_SPAN || moving === 0) return undefined
    const { slope, wavering } = lineThrough(account)
    const rate = slope / moving
    const most = DRIFT * BOLTZMANN * Math.max(ROOM, target)
    const enough = Math.abs(rate) * Math.min(span, DRIFT_TIME) > most * DRIFT_TIME
    if (enough && Math.abs(slope) * span > CLEAR * wavering) return { kind: 'drift', rate, timestep }
    return span >= DRIFT_TIME && Math.abs(rate) < OVER * most ? null : undefined
  }
}

const meanOf = (points: readonly (readonly [number, number])[]): number =>
  points.reduce((sum, [, value]) => sum + value, 0) / points.length

/** Least squares; `wavering` is twice the standard deviation about the line, about half the height of a wave. */
function lineThrough(points: readonly (readonly [number, number])[]) {
  const [x0, y0] = points[0]
  const middle = points.reduce((sum, [x]) => sum + x - x0, 0) / points.length
  const level = points.reduce((sum, [, y]) => sum + y - y0, 0) / points.length
  let [xx, xy, yy] = [0, 0, 0]
  for (const [x, y] of points) {
    const [dx, dy] = [x - x0 - middle, y - y0 - level]
    xx += dx * dx
    xy += dx * dy
    yy += dy * dy
  }
  const slope = xx > 0 ? xy / xx : 0
  return { slope, wavering: 2 * Math.sqrt(Math.max(0, yy - slope * xy) / points.length) }
}
