/** Temperatures for replica exchange. */
import { InputError } from '../errors.ts'

/**
 * So many temperatures in K from `low` to `high`, each the same factor above the one before: where the heat capacity is
 * constant, neighbours then exchange alike everywhere (Kofke 2002, doi:10.1063/1.1507776).
 * @throws InputError for a ladder that does not rise or has fewer than two rungs
 */
export function geometricLadder(low: number, high: number, rungs: number): number[] {
  if (rungs < 2) throw new InputError('A ladder from one temperature to another needs at least 2 replicas.')
  const ladder = Array.from({ length: rungs }, (_, k) => low * (high / low) ** (k / (rungs - 1)))
  // Not what rounding makes of it.
  ladder[rungs - 1] = high
  checkLadder(ladder, rungs)
  return ladder
}

/** @throws InputError unless there is one temperature above 0 K for each replica, rising */
export function checkLadder(ladder: readonly number[], replicas: number): void {
  const cold = ladder.find((temperature) => !(temperature > 0 && Number.isFinite(temperature)))
  if (cold !== undefined)
    throw new InputError(`Every temperature of a ladder must be a number of K above 0, not ${cold}.`)
  if (ladder.length !== replicas)
    throw new InputError(
      `A ladder of ${ladder.length} temperatures does not fit ${replicas} replicas: it needs one for each.`,
    )
  const k = ladder.findIndex((temperature, i) => i > 0 && !(temperature > ladder[i - 1]))
  if (k > 0)
    throw new InputError(
      `The temperatures of a ladder must rise, but ${ladder[k]} K follows ${ladder[k - 1]} K.`,
    )
}
