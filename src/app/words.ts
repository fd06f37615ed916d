/** Numbers and symbols as the page writes them. */

const MINUS = '−'

/** A number with so many decimals, thin thousands and a true minus sign. */
export const decimal = (value: number, digits: number): string => {
  if (!Number.isFinite(value)) return '–'
  const text = Math.abs(value).toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  return (
    (value < 0 && Number(Math.abs(value).toFixed(digits)) !== 0 ? MINUS : '') + text.replaceAll(',', '\u2009')
  )
}

/** Three significant digits, no exponent: 0.0123, 1.23, 12.3, 123, 1 230. */
export const significant = (value: number): string => {
  if (value === 0 || !Number.isFinite(value)) return decimal(value, 0)
  const magnitude = Math.floor(Math.log10(Math.abs(value)))
  return decimal(value, Math.min(6, Math.max(0, 2 - magnitude)))
}

/** A time in the unit that suits it. */
export const duration = (femtoseconds: number): string => {
  if (femtoseconds < 1000) return `${decimal(femtoseconds, 1)} fs`
  if (femtoseconds < 1e6) return `${decimal(femtoseconds / 1000, 2)} ps`
  return `${decimal(femtoseconds / 1e6, 3)} ns`
}

export const plural = (count: number, noun: string): string =>
  `${decimal(count, 0)} ${noun}${count === 1 ? '' : 's'}`
