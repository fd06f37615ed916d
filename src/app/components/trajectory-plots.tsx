import { useMemo } from 'preact/hooks'
import { placeOf, placesOf } from '../playing/geometry.ts'
import { frame } from '../playing/signals.ts'
import { temperaturesOf } from '../playing/temperatures.ts'
import type { Trajectory } from '../playing/trajectory.ts'
import { columnOf, columnsAsCsv, type PlottedColumn } from '../plotted.ts'
import * as state from '../state.ts'
import { decimal } from '../words.ts'
import { Chart, type Line, PlotActions, PlotsPanel } from './plots.tsx'

const line: readonly Line[] = [{ label: 'frames', stroke: 'accent' }]

/** What a file says of its frames and what is measured in them: all of it at once, the frame that is shown marked. */
export function TrajectoryPlots({ trajectory }: { trajectory: Trajectory }) {
  const { frames } = trajectory
  const { monitors } = state
  const { energies, times } = frames
  const places = useMemo(() => placesOf(trajectory), [trajectory])
  const temperatures = useMemo(() => temperaturesOf(trajectory), [trajectory])
  const against = times ? 'time in ps' : 'frames'
  const here = { against, at: placeOf(trajectory, frame.value), lines: line }
  const reading = (value: number, digits: number, unit: string) =>
    [['this frame', `${decimal(value, digits)} ${unit}`, 'accent']] as const
  // uPlot leaves a gap for what is null.
  const column = (values: readonly number[], zero = 0) =>
    values.map((x) => (Number.isNaN(x) ? null : x - zero)) as number[]
  const table = () => {
    const columns: (PlottedColumn | null)[] = [
      energies && { head: 'energy (eV)', places, values: energies },
      temperatures && { head: 'temperature (K)', places, values: temperatures },
      ...monitors.value.map(columnOf),
    ]
    return columnsAsCsv(
      times ? 'time (ps)' : 'frame',
      columns.filter((column) => column !== null),
    )
  }
  const nothing = !energies && !temperatures && monitors.value.length === 0
  return (
    <PlotsPanel>
      {energies && (
        <Chart
          title="Energy"
          unit="eV, from the first"
          data={() => [
            places,
            column(
              energies,
              energies.find((x) => !Number.isNaN(x)),
            ),
          ]}
          least={0.02}
          readings={reading(energies[frame.value], 3, 'eV')}
          {...here}
        />
      )}
      {temperatures && (
        <Chart
          title="Temperature"
          unit="K"
          data={() => [places, temperatures]}
          least={40}
          readings={reading(temperatures[frame.value], 0, 'K')}
          {...here}
        />
      )}
      {monitors.value.map((monitor) => (
        <Chart
          key={monitor.name}
          title={monitor.name}
          unit={monitor.unit}
          data={() => [places, column(monitor.values)]}
          least={monitor.unit === 'Å' ? 0.1 : 5}
          readings={reading(monitor.values[frame.value], monitor.unit === 'Å' ? 3 : 1, monitor.unit)}
          {...here}
        />
      ))}
      {nothing ? (
        <p class="fine">
          The file says nothing of energies: select two to four atoms and plot what they measure.
        </p>
      ) : (
        <>
          <p class="axis-title">{times ? 'time, ps' : 'frame'}</p>
          <PlotActions table={table} />
        </>
      )}
    </PlotsPanel>
  )
}
