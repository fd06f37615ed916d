/** Small statistics for tests of distributions. */

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, x) => sum + x, 0) / values.length

export const variance = (values: readonly number[]): number => {
  const middle = mean(values)
  return values.reduce((sum, x) => sum + (x - middle) ** 2, 0) / (values.length - 1)
}

/** Standard error of the mean of a correlated series, from the means of `blocks` stretches of it. */
export function standardError(values: readonly number[], blocks = 20): number {
  const size = Math.floor(values.length / blocks)
  const means = Array.from({ length: blocks }, (_, b) => mean(values.slice(b * size, (b + 1) * size)))
  return Math.sqrt(variance(means) / blocks)
}

/** Lanczos' approximation, error below 1e-13 for x > 0.5. */
function logGamma(x: number): number {
  const c = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ]
  const t = x + 6.5
  const sum = c.reduce((total, value, i) => total + value / (x + i), 0.9999999999998099)
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum)
}

/** Cumulative distribution of Γ(shape, 1): the regularised incomplete gamma function by its series. */
export function gammaCdf(shape: number, x: number): number {
  if (x <= 0) return 0
  let term = 1 / shape
  let sum = term
  for (let n = 1; n < 10_000 && term > sum * 1e-16; n++) {
    term *= x / (shape + n)
    sum += term
  }
  return Math.min(1, sum * Math.exp(-x + shape * Math.log(x) - logGamma(shape)))
}

/** Largest distance between the empirical and a given cumulative distribution (Kolmogorov–Smirnov). */
export function kolmogorovSmirnov(values: readonly number[], cdf: (x: number) => number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return Math.max(
    ...sorted.map((x, i) => {
      const expected = cdf(x)
      return Math.max(expected - i / sorted.length, (i + 1) / sorted.length - expected)
    }),
  )
}

/** What KS exceeds once in a thousand times where the distribution is the given one (n > 35 independent values). */
export const ksCritical = (n: number): number => 1.949 / Math.sqrt(n)

/**
 * Slope of ln(p₂(x)/p₁(x)) in x by maximum likelihood (logistic regression), and its standard error: what
 * physical_validation does with volumes at two pressures (Merz & Shirts 2018, doi:10.1371/journal.pone.0202764).
 */
export function logRatioSlope(first: readonly number[], second: readonly number[]) {
  const all = [...first.map((x) => [x, 0]), ...second.map((x) => [x, 1])]
  const middle = mean(all.map(([x]) => x))
  const width = Math.sqrt(variance(all.map(([x]) => x)))
  let [a, b] = [0, 0]
  let information = 1
  for (let round = 0; round < 50; round++) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 0, 0, 0]
    for (const [value, label] of all) {
      const x = (value - middle) / width
      const p = 1 / (1 + Math.exp(-a - b * x))
      const w = p * (1 - p)
      ga += label - p
      gb += (label - p) * x
      haa += w
      hab += w * x
      hbb += w * x * x
    }
    const determinant = haa * hbb - hab * hab
    a += (hbb * ga - hab * gb) / determinant
    b += (haa * gb - hab * ga) / determinant
    information = determinant / haa
  }
  return { slope: b / width, error: 1 / Math.sqrt(information) / width }
}

/** Cumulative distribution of Beta(a, b): the regularised incomplete beta function, by Simpson's rule; a and b above 1. */
export function betaCdf(a: number, b: number, x: number): number {
  const logNorm = logGamma(a) + logGamma(b) - logGamma(a + b)
  const density = (t: number) =>
    t <= 0 || t >= 1 ? 0 : Math.exp((a - 1) * Math.log(t) + (b - 1) * Math.log1p(-t) - logNorm)
  const parts = 2000
  let total = density(0) + density(x)
  for (let k = 1; k < parts; k++) total += (k % 2 === 1 ? 4 : 2) * density((k * x) / parts)
  return (total * x) / parts / 3
}
