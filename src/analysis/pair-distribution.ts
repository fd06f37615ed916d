/** What is known of the pairs counted. */
interface Counted {
  /** frames */
  readonly samples: number
  /** Å of a bin */
  readonly width: number
  /** Å³; null where not all axes repeat */
  readonly volume: number | null
  /** whether both are the same element */
  readonly same: boolean
  /** atoms of the first and of the second element */
  readonly atoms: readonly [number, number]
}

export interface PairDistribution {
  /**
   * Three periodic axes: g(r), the density of pairs over that of points scattered evenly at the same mean density
   * (D. Frenkel, B. Smit, Understanding Molecular Simulation, 4.4). Otherwise: density of pair distances in 1/Å, whose
   * integral is 1 once the maximum reaches across an open system.
   */
  readonly values: Float64Array
  /** atoms of the second element within the outer edge of each bin of one of the first, on average */
  readonly coordination: Float64Array
  /** pairs counted in all frames, each once */
  readonly counts: Float64Array
}

/** Counts of unordered pairs by distance → g(r) or density of distances. NaN where there is nothing to divide by. */
export function normalizePairs(counts: Float64Array, system: Counted): PairDistribution {
  const { samples, width, volume, same, atoms } = system
  const [first, second] = atoms
  // Of N² ordered pairs a ½ is counted; an atom meets its own images, so that in a crystal no N is taken off.
  const ideal = same ? (first * first) / 2 : first * second
  const distinct = same ? (first * (first - 1)) / 2 : first * second
  const values = counts.map((count, k) => {
    if (volume === null) return count / (samples * distinct * width)
    const shell = (4 / 3) * Math.PI * width ** 3 * ((k + 1) ** 3 - k ** 3)
    return (count * volume) / (samples * ideal * shell)
  })
  let sum = 0
  const coordination = counts.map((count) => {
    sum += ((same ? 2 : 1) * count) / (samples * first)
    return sum
  })
  return { values, coordination, counts }
}
