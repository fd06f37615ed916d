/**
 * Tells what a case will cost before it is run, so that a software adapter is not kept busy for hours: time is the useful
 * arithmetic divided by the best rate that the last cases of the same model, else of the one before, have shown.
 */

/** Evaluations that a case takes at least: the first forces, the first step, a warm-up, and two that are timed. */
export const LEAST_EVALUATIONS = 5

/** Share of the measured peak that is assumed before anything was measured. */
const FIRST_GUESS = 0.1

/** So many of the last cases are looked at: other programs only ever slow one down, and sizes differ by and by. */
const LAST_CASES = 3

export class Forecast {
  private readonly rates = new Map<string, number[]>()
  private last: number[]

  /** @param peak operations per second of a large matrix product */
  constructor(peak: number) {
    this.last = [FIRST_GUESS * peak]
  }

  /** A case was measured. */
  learn(model: string, flops: number, secondsPerStep: number): void {
    this.last = [...(this.rates.get(model) ?? []), flops / secondsPerStep].slice(-LAST_CASES)
    this.rates.set(model, this.last)
  }

  /** s per step */
  estimate(model: string, flops: number): number {
    return flops / Math.max(...(this.rates.get(model) ?? this.last))
  }

  /** Why a case is not run, as its row says it; null where it is. @param seconds what a case may cost */
  refusal(model: string, flops: number, seconds: number): string | null {
    const perStep = this.estimate(model, flops)
    if (perStep * LEAST_EVALUATIONS <= seconds) return null
    return `not run: estimated ${perStep >= 10 ? Math.round(perStep) : perStep.toPrecision(2)} s per step`
  }
}
