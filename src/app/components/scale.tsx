import type { Rgb } from '../../viewer/color-maps.ts'

interface ScaleProps {
  readonly testId: string
  readonly title: string
  readonly unit?: string
  /** For those who do not see it. */
  readonly label: string
  /** From low to high. */
  readonly colors: readonly { readonly fill: string; readonly opacity?: number }[]
  readonly ends: readonly [low: string, high: string]
}

/** A colour as style sheets write it. */
export const css = ([r, g, b]: Rgb): string =>
  `rgb(${Math.round(255 * r)} ${Math.round(255 * g)} ${Math.round(255 * b)})`

/** A bar of colours over the numbers they stand for. */
export function Scale({ testId, title, unit, label, colors, ends: [low, high] }: ScaleProps) {
  return (
    <figure class="legend" data-testid={testId} aria-label={label}>
      <figcaption>
        {title} {unit && <span class="unit">{unit}</span>}
      </figcaption>
      <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        <linearGradient id={`${testId}-colors`}>
          {colors.map(({ fill, opacity = 1 }, i) => (
            <stop key={String(i)} offset={i / (colors.length - 1)} stop-color={fill} stop-opacity={opacity} />
          ))}
        </linearGradient>
        <rect width="1" height="1" fill={`url(#${testId}-colors)`} />
      </svg>
      <div class="legend-ends">
        <span>{low}</span>
        <span>{high}</span>
      </div>
    </figure>
  )
}
