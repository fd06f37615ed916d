/** Results as Markdown tables, which terminals, documents and the page of the benchmarks show alike. */
import type { Measured, NotRun, PeerResults, Results, StartupResults, VariantResults } from './results.ts'
import { isMeasured } from './results.ts'

export interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Columns of words are aligned left, the others right. */
export function markdown({ columns, rows }: Table, words = 2): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = `|${columns.map((_, c) => (c < words ? '---' : '---:')).join('|')}|`
  return [line(columns), rule, ...rows.map(line)].join('\n')
}

const PREFIXES = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const

/** `1.23 G` and the unit, three digits. */
export function rate(value: number, unit: string): string {
  const [factor, prefix] = PREFIXES.find(([factor]) => value >= factor) ?? [1, '']
  return `${digits(value / factor)} ${prefix}${unit}`
}

/** Three digits, more for whole numbers, never an exponent. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '-'
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return value.toFixed(Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3)
}

/** Seconds with the unit they are best read in. */
export function duration(seconds: number): string {
  if (seconds >= 1) return `${digits(seconds)} s`
  return seconds >= 1e-3 ? `${digits(seconds * 1e3)} ms` : `${digits(seconds * 1e6)} µs`
}

const scientific = (value: number | null): string => value?.toExponential(1) ?? '-'
const percent = (share: number): string => `${digits(100 * share)} %`
const whole = (value: number): string => Math.round(value).toLocaleString('en')

/** fs of a timestep that flexible molecules with light hydrogens bear. */
const TIMESTEP = 0.5
const SECONDS_PER_DAY = 86_400
/** 1 fs is 1e-6 ns. */
export const nanosecondsPerDay = (secondsPerStep: number): number =>
  (SECONDS_PER_DAY / secondsPerStep) * TIMESTEP * 1e-6

const CASE_COLUMNS = [
  'model',
  'system',
  'atoms',
  'pairs/atom',
  'time/step',
  'median',
  'steps/s',
  'ns/day',
  'dispatches',
  'bytes/step',
  'useful FLOP',
  'upstream FLOP',
  'of product peak',
  'of copy peak',
  'bytes/atom',
  'first step',
]

export const caseTable = (cases: readonly (Measured | NotRun)[]): Table => ({
  columns: CASE_COLUMNS,
  rows: cases.map(caseRow),
})

export function caseRow(result: Measured | NotRun): string[] {
  const { model, system, atoms, periodic } = result
  const start = [model, `${system}${periodic ? ', periodic' : ''}`, whole(atoms)]
  if (!isMeasured(result)) {
    const empty = CASE_COLUMNS.slice(start.length + 2).map(() => '-')
    return [...start, '-', result.notRun.replaceAll('|', '/'), ...empty]
  }
  const { quickest, median } = result.secondsPerStep
  return [
    ...start,
    digits(result.pairs / atoms),
    duration(quickest),
    duration(median),
    digits(1 / quickest),
    digits(nanosecondsPerDay(quickest)),
    String(result.dispatchesPerStep),
    rate(result.bytesPerStep, 'B'),
    rate(result.flops.useful, ''),
    rate(result.flops.upstream, ''),
    percent(result.shareOfProduct),
    percent(result.shareOfCopy),
    whole(result.bytesPerAtom),
    duration(result.firstStep.total),
  ]
}

/** Where the time to the first step goes, by model: on its first and its last system. */
export function firstStepTable(cases: readonly (Measured | NotRun)[]): Table {
  const measured = cases.filter(isMeasured)
  const shown = measured.filter(
    ({ model }, k) => measured[k - 1]?.model !== model || measured[k + 1]?.model !== model,
  )
  return {
    columns: [
      'model',
      'system',
      'atoms',
      'load',
      'device',
      'compile',
      'first forces',
      'first step',
      'together',
    ],
    rows: shown.map(({ model, system, atoms, firstStep }) => [
      model,
      system,
      whole(atoms),
      ...[
        firstStep.load,
        firstStep.device,
        firstStep.compile,
        firstStep.forces,
        firstStep.step,
        firstStep.total,
      ].map(duration),
    ]),
  }
}

/** Systems of the bundled model that repeat, whose pairs per atom do not change with the size. */
export const growing = (cases: readonly (Measured | NotRun)[]): Measured[] =>
  cases.filter(isMeasured).filter(({ model, periodic }) => model === 'small' && periodic)

/** How memory and time grow with the number of atoms. A repeated box has the energy per atom of the box. */
export function growthTable(cases: readonly (Measured | NotRun)[]): Table {
  const sizes = growing(cases).filter(({ atoms }) => atoms >= 384)
  const cost = ({ secondsPerStep, atoms }: Measured) => secondsPerStep.quickest / atoms
  return {
    columns: [
      'atoms',
      'pairs/atom',
      'bytes/atom',
      'dispatches/step',
      'bytes/report',
      'time/step',
      'cost/atom, relative',
      'eV/atom',
    ],
    rows: sizes.map((size) => [
      whole(size.atoms),
      digits(size.pairs / size.atoms),
      whole(size.bytesPerAtom),
      String(size.dispatchesPerStep),
      String(size.bytesPerReport),
      duration(size.secondsPerStep.quickest),
      (cost(size) / cost(sizes[0])).toFixed(2),
      size.energyPerAtom.toFixed(6),
    ]),
  }
}

/** Kernels of a step, each timed alone. */
export const kernelTable = (cases: readonly (Measured | NotRun)[]): Table => ({
  columns: ['model', 'system', 'kernel', 'atoms', 'dispatches', 'time/step', 'share'],
  rows: cases.filter(isMeasured).flatMap(({ model, system, atoms, kernels = [] }) => {
    const total = kernels.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
    return kernels.map(({ kernel, dispatches, milliseconds }) => [
      model,
      system,
      kernel.replaceAll('+', ' + '),
      whole(atoms),
      String(dispatches),
      duration(milliseconds / 1e3),
      percent(milliseconds / total),
    ])
  }),
})

export const variantTable = (all: readonly VariantResults[]): Table => ({
  columns: ['model', 'structure', 'variant', 'atoms', 'dispatches/step', 'time/step', 'median', 'relative'],
  rows: all.flatMap(({ model, structure, atoms, variants }) =>
    variants.map(({ name, standard, dispatchesPerStep, secondsPerStep, ratio }) => [
      model,
      structure,
      `${name}${standard ? ' (the standard here)' : ''}`,
      String(atoms),
      String(dispatchesPerStep),
      duration(secondsPerStep.quickest),
      duration(secondsPerStep.median),
      digits(ratio),
    ]),
  ),
})

export function peerTable(peers: readonly PeerResults[]): Table {
  return {
    columns: [
      'structure',
      'engine',
      'model',
      'atoms',
      'time/evaluation',
      'median',
      'relative',
      'load',
      'energy difference, eV',
      'force difference, eV/Å',
    ],
    rows: peers.flatMap(({ structure, file, atoms, engines, failures }) => {
      // Which network, for people: the file's name without folder and ending.
      const model = file.replace(/^.*\//, '').replace(/\.\w+$/, '')
      return [
        ...engines.map(({ engine, times, ratio, secondsToLoad, energyDifference, forceDifference }) => [
          structure,
          engine,
          model,
          String(atoms),
          duration(times.quickest),
          duration(times.median),
          digits(ratio),
          duration(secondsToLoad),
          scientific(energyDifference),
          scientific(forceDifference),
        ]),
        ...failures.map((failure) => [
          structure,
          failure.replaceAll('|', '/'),
          model,
          String(atoms),
          ...Array(6).fill('-'),
        ]),
      ]
    }),
  }
}

export function startupTable({ cold, warm }: StartupResults): Table {
  const row = (name: string, starts: StartupResults['cold']) => [
    name,
    String(starts.length),
    ...(['firstPicture', 'running', 'firstStep'] as const).flatMap((event) => {
      const times = starts.flatMap((start) => start[event] ?? []).sort((a, b) => a - b)
      return times.length ? [duration(times[0]), duration(times[Math.floor(times.length / 2)])] : ['-', '-']
    }),
  ]
  return {
    columns: [
      ...['cache', 'starts', 'first picture, quickest', 'median'],
      ...['running, quickest', 'median', 'first step, quickest', 'median'],
    ],
    rows: [row('cold', cold), row('warm', warm)],
  }
}

/** Every table that the results have something for, under its title. */
export function sectionsOf(results: Results): { title: string; table: Table; text: string }[] {
  const { cases, variants, peers, startup } = results
  const section = (title: string, table: Table, words?: number) =>
    table.rows.length > 0 ? [{ title, table, text: markdown(table, words) }] : []
  return [
    ...section('Time per step', caseTable(cases)),
    ...section('Time to first step', firstStepTable(cases)),
    ...section('Growth with the number of atoms', growthTable(cases), 0),
    ...section('Kernels', kernelTable(cases), 3),
    ...(variants ? section('Variants', variantTable(variants), 3) : []),
    ...(peers ? section('Peers', peerTable(peers), 3) : []),
    ...(startup ? section('Time to first motion of the page', startupTable(startup), 1) : []),
  ]
}
