import { InputError, messageOf } from '../../errors.ts'
import type { Gpu } from '../../gpu/gpu.ts'
import type { Command } from '../arguments.ts'
import { withGpu } from '../device.ts'
import { type GoldenCase, loadGoldenCases } from '../golden/case.ts'
import { judge, type Verdict } from '../golden/judge.ts'
import { runGoldenCase } from '../golden/run.ts'
import { jsonOption } from '../shared-options.ts'
import { print, remark, rowOf, scientific } from '../terminal.ts'

export const verify: Command = {
  name: 'verify',
  summary: 'Compare the engine with golden cases computed by upstream implementations',
  operands: 'FOLDER…',
  options: { json: jsonOption },
  details:
    'Runs every golden case (case.json with a golden block, reference.json) in and below the folders. Errors are the\n' +
    "largest absolute ones, in the case's units; the yardstick is how far PyTorch's own float32 strays from float64.\n" +
    'Exit status 1 if any case fails or cannot be run, or if there is none.',
  async run(given) {
    if (given.operands.length === 0)
      throw new InputError('tumble verify needs a folder of golden cases; see tumble verify --help.')
    const cases = await loadGoldenCases(given.operands)
    if (cases.length === 0) {
      remark(`No golden case was found in or below ${given.operands.join(', ')}.`)
      if (given.flag('json')) print('[]')
      return 1
    }
    const outcomes = await withGpu((gpu) => verifyAll(gpu, cases, !given.flag('json')))
    if (given.flag('json')) print(JSON.stringify(outcomes, null, 2))
    else printClosing(outcomes)
    return outcomes.every(({ result }) => result === 'pass') ? 0 : 1
  },
}

interface Outcome {
  readonly case: string
  readonly architecture: string
  readonly adapter: string
  readonly energyError: number | null
  readonly energyYardstick: number
  readonly forceError: number | null
  readonly forceYardstick: number | null
  readonly result: 'pass' | 'FAIL' | 'not supported yet'
  /** Why there are no errors to show. */
  readonly reason: string | null
}

async function verifyAll(gpu: Gpu, cases: readonly GoldenCase[], shown: boolean): Promise<Outcome[]> {
  const show = shown ? tableFor(gpu, cases) : () => {}
  const outcomes: Outcome[] = []
  for (const golden of cases) {
    const outcome = await verifyCase(gpu, golden)
    outcomes.push(outcome)
    show(outcome)
  }
  return outcomes
}

async function verifyCase(gpu: Gpu, golden: GoldenCase): Promise<Outcome> {
  const outcome = (verdict: Verdict | null, result: Outcome['result'], reason: string | null): Outcome => ({
    case: golden.name,
    architecture: golden.architecture,
    adapter: gpu.adapterName,
    energyError: verdict?.energyError ?? null,
    energyYardstick: golden.yardstick.energyMaxAbs,
    forceError: verdict?.forceError ?? null,
    forceYardstick: golden.yardstick.forceMaxAbs,
    result,
    reason,
  })
  try {
    const verdict = judge(golden, await runGoldenCase(gpu, golden))
    return outcome(verdict, verdict.passed ? 'pass' : 'FAIL', null)
  } catch (error) {
    // What the engine cannot take it refuses in a sentence; anything else is a fault of its own.
    return outcome(null, error instanceof InputError ? 'not supported yet' : 'FAIL', messageOf(error))
  }
}

const columns = [
  { title: 'case' },
  { title: 'adapter' },
  { title: 'energy error', align: 'right' },
  { title: 'float32', align: 'right' },
  { title: 'force error', align: 'right' },
  { title: 'float32', align: 'right' },
  { title: 'result' },
] as const

/** Prints the head of the table and returns what prints a row, so that rows appear as cases finish. */
function tableFor(gpu: Gpu, cases: readonly GoldenCase[]): (outcome: Outcome) => void {
  const widths = columns.map(({ title }) => title.length)
  widths[0] = Math.max(widths[0], ...cases.map(({ name }) => name.length))
  widths[1] = Math.max(widths[1], gpu.adapterName.length)
  for (const c of [2, 3, 4, 5]) widths[c] = Math.max(widths[c], '1.23e-10'.length)
  const row = (cells: readonly string[]) => print(rowOf(columns, widths, cells))
  row(columns.map(({ title }) => title))
  return (outcome) =>
    row([
      outcome.case,
      outcome.adapter,
      scientific(outcome.energyError),
      scientific(outcome.energyYardstick),
      scientific(outcome.forceError),
      scientific(outcome.forceYardstick),
      outcome.result,
    ])
}

function printClosing(outcomes: readonly Outcome[]): void {
  const explained = outcomes.filter(({ reason }) => reason !== null)
  if (explained.length > 0) print('')
  for (const { case: name, reason } of explained) print(`${name}: ${reason}`)
  const passed = outcomes.filter(({ result }) => result === 'pass').length
  print('')
  print(`${passed} of ${outcomes.length} cases pass.`)
}
