import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Monitor } from '../monitors.ts'
import { plottedAsCsv } from '../plotted.ts'
import { fileNameFor, saveFile } from '../save-file.ts'
import * as state from '../state.ts'
import { type Ink, inkOf, scheme } from '../theme.ts'
import { decimal } from '../words.ts'

const FONT = '11px system-ui, sans-serif'

export interface Line {
  readonly label: string
  readonly stroke: Ink
  readonly width?: number
  readonly dash?: number[]
}

/** Ticks with as many decimals as their spacing needs. */
const ticks = (_: uPlot, splits: number[]): string[] => {
  const spacing = splits.length > 1 ? Math.abs(splits[1] - splits[0]) : Math.abs(splits[0] % 1) || 1
  const isWhole = (x: number) => x > 0.5 && Math.abs(x - Math.round(x)) < 1e-3
  let digits = 0
  while (digits < 6 && !isWhole(spacing * 10 ** digits)) digits++
  return splits.map((x) => decimal(x, digits))
}

const axis = (extra: Partial<uPlot.Axis>): uPlot.Axis => ({
  stroke: () => inkOf('chart-quiet'),
  font: FONT,
  grid: { stroke: () => inkOf('chart-grid'), width: 1 },
  ticks: { show: false },
  values: ticks,
  ...extra,
})

/** Moves the line that marks a place on the x axis. */
function markAt(plot: uPlot, x: number): void {
  let mark = plot.over.querySelector<HTMLElement>('.chart-mark')
  if (!mark) {
    mark = document.createElement('div')
    mark.className = 'chart-mark'
    plot.over.append(mark)
  }
  const { min = 0, max = 1 } = plot.scales.x
  mark.style.setProperty('--x', `${(100 * (x - min)) / (max - min)}%`)
}

export interface ChartProps {
  title: string
  unit: string
  lines: readonly Line[]
  /** Columns: time in ps, or what else `against` says, then one per line. */
  data: () => number[][]
  against?: string
  /** Where a line marks what is shown now; none if left out. */
  at?: number
  /** Least height of the y range, so that noise is not blown up. */
  least: number
  readings: readonly (readonly [label: string, value: string, color: string])[]
}

export function Chart({ title, unit, lines, data, least, readings, against = 'time in ps', at }: ChartProps) {
  const host = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot | null>(null)
  const version = state.historyVersion.value

  // Made once; its data change below.
  useEffect(() => {
    const element = host.current!
    const size = () => ({ width: element.clientWidth, height: element.clientHeight })
    const plot = new uPlot(
      {
        ...size(),
        pxAlign: false,
        legend: { show: false },
        cursor: { show: false },
        padding: [6, 22, 0, 0],
        scales: {
          x: {
            time: false,
            range: (_, first, last) => [first ?? 0, last > first ? last : (first ?? 0) + 0.01],
          },
          y: {
            range: (_, low, high) => {
              if (low === null || high === null) return [0, 1]
              const middle = 0.5 * (low + high)
              const half = Math.max(0.58 * (high - low), least / 2)
              return [middle - half, middle + half]
            },
          },
        },
        axes: [axis({ size: 22, gap: 4, space: 60 }), axis({ size: 46, gap: 4, space: 28 })],
        series: [
          {},
          ...lines.map(({ label, stroke, width = 1.5, dash }) => ({
            label,
            stroke: () => inkOf(stroke),
            width,
            dash,
            points: { show: false },
          })),
        ],
      },
      data() as unknown as uPlot.AlignedData,
      element,
    )
    chart.current = plot
    const observer = new ResizeObserver(() => {
      const { width, height } = size()
      if (width && height) plot.setSize({ width, height })
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      plot.destroy()
    }
  }, [])

  // Drawn anew in the colours of the other theme.
  useEffect(() => chart.current?.redraw(false, true), [scheme.value])

  // `version` says that the data have changed.
  useEffect(() => {
    if (host.current?.clientWidth) chart.current?.setData(data() as unknown as uPlot.AlignedData)
  }, [version])

  useEffect(() => {
    if (chart.current && at !== undefined) markAt(chart.current, at)
  }, [at, version])

  return (
    <figure class="chart">
      <figcaption>
        <h3>
          {title} <span class="unit">{unit}</span>
        </h3>
        <dl class="readings">
          {readings.map(([label, value, color]) => (
            <div key={label} data-ink={color}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </figcaption>
      <div ref={host} class="chart-area" role="img" aria-label={`${title} against ${against}`} />
    </figure>
  )
}

const energyLines: readonly Line[] = [
  { label: 'potential', stroke: 'accent' },
  { label: 'kinetic', stroke: 'warning' },
  { label: 'total', stroke: 'ink' },
  { label: 'conserved', stroke: 'chart-quiet', dash: [4, 4] },
]
const temperatureLines: readonly Line[] = [
  { label: 'thermostat', stroke: 'chart-quiet', width: 1, dash: [4, 4] },
  { label: 'temperature', stroke: 'accent' },
]

const pressureLines: readonly Line[] = [
  { label: 'barostat', stroke: 'chart-quiet', width: 1, dash: [4, 4] },
  { label: 'pressure', stroke: 'accent' },
]

const monitorLines: readonly Line[] = [{ label: 'now', stroke: 'accent' }]

const lastOf = ({ values, unit }: Monitor): string =>
  values.length ? `${decimal(values[values.length - 1], unit === 'Å' ? 3 : 1)} ${unit}` : '–'

/** What has been put in by pulling: the total has it, what is conserved is told without. */
const handReading = (work: number) =>
  ['work of your hand', `${work > 0 ? '+' : ''}${decimal(work, 3)} eV`, 'neutral'] as const

/** Energies from the first one shown: a difference of a hundredth of an eV would drown in a total of a thousand. */
const energies = (): number[][] => {
  const { history } = state
  const zeros = {
    potential: history.series('potential')[0],
    // Total and conserved energy begin where potential and kinetic energy are.
    kinetic: 0,
    total: history.series('potential')[0],
    conserved: history.series('potential')[0] + history.series('conserved')[0] - history.series('total')[0],
  }
  const lines = Object.entries(zeros).map(([name, zero]) =>
    history.series(name as keyof typeof zeros).map((x) => x - zero),
  )
  return [[...history.series('time')], ...lines]
}

/** A series and what is aimed at, where something is. */
const aimed = (name: 'temperature' | 'pressure', target: number | null): number[][] => {
  const time = state.history.series('time')
  return [[...time], time.map(() => target) as number[], [...state.history.series(name)]]
}

const temperatures = (): number[][] =>
  aimed('temperature', state.thermostatOn.value ? state.temperature.value : null)

const pressures = (): number[][] => aimed('pressure', state.barostatOn.value ? state.pressure.value : null)

export function Plots() {
  const { report, thermostatOn, temperature, barostatOn, pressure, monitors } = state
  const now = report.value
  return (
    <PlotsPanel>
      <Chart
        title="Energy"
        unit="eV, from the first shown"
        lines={energyLines}
        data={energies}
        least={0.02}
        readings={[
          ['potential', now ? `${decimal(now.potentialEnergy, 3)} eV` : '–', 'accent'],
          ['kinetic', now ? `${decimal(now.kineticEnergy, 3)} eV` : '–', 'warm'],
          ['total', now ? `${decimal(now.totalEnergy, 3)} eV` : '–', 'neutral'],
          ['conserved', now ? `${decimal(now.conservedEnergy, 3)} eV` : '–', 'quiet'],
          ...(now && now.handWork !== 0 ? [handReading(now.handWork)] : []),
        ]}
      />
      <Chart
        title="Temperature"
        unit="K"
        lines={temperatureLines}
        data={temperatures}
        least={40}
        readings={[
          ['now', now ? `${decimal(now.temperature, 0)} K` : '–', 'accent'],
          ['thermostat', thermostatOn.value ? `${decimal(temperature.value, 0)} K` : 'off', 'quiet'],
        ]}
      />
      {now?.pressure != null && (
        <Chart
          title="Pressure"
          unit="bar"
          lines={pressureLines}
          data={pressures}
          least={200}
          readings={[
            ['now', `${decimal(now.pressure, 0)} bar`, 'accent'],
            ['barostat', barostatOn.value ? `${decimal(pressure.value, 0)} bar` : 'off', 'quiet'],
          ]}
        />
      )}
      {monitors.value.map((monitor) => (
        <Chart
          key={monitor.name}
          title={monitor.name}
          unit={monitor.unit}
          lines={monitorLines}
          data={() => [[...monitor.times], [...monitor.values]]}
          least={monitor.unit === 'Å' ? 0.1 : 5}
          readings={[['now', lastOf(monitor), 'accent']]}
        />
      ))}
      <p class="axis-title">time, ps</p>
      <PlotActions table={() => plottedAsCsv(state.history, monitors.value)} />
    </PlotsPanel>
  )
}

/** Room for charts, one below the other. */
export function PlotsPanel({ children }: { children: ComponentChildren }) {
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by keyboard, too
      tabIndex={0}
      class="panel plots"
      data-inset="right"
      data-open={state.openPanels.value.has('plots')}
      aria-label="Plots"
    >
      {children}
    </section>
  )
}

/** What can be done with all that is plotted. */
export function PlotActions({ table }: { table: () => string }) {
  const { monitors, structure } = state
  return (
    <div class="chips">
      <button
        type="button"
        class="chip"
        data-testid="save-plots"
        title="Everything plotted, as comma-separated values"
        onClick={() =>
          saveFile(
            new Blob([table()], { type: 'text/csv' }),
            `${fileNameFor(structure.value?.name ?? '')}-plots.csv`,
          )
        }
      >
        Save as .csv
      </button>
      {monitors.value.length > 0 && (
        <button
          type="button"
          class="chip"
          data-testid="remove-monitors"
          title="Follow no distances and angles any more"
          onClick={() => {
            monitors.value = []
          }}
        >
          Remove monitors
        </button>
      )}
    </div>
  )
}
