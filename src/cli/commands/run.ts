import type { Structure } from '../../chemistry/structure.ts'
import { readState, type SimulationState } from '../../dynamics/state.ts'
import { InputError } from '../../errors.ts'
import { trajectoryFormatOf } from '../../formats/index.ts'
import type { ForceField } from '../../models/force-field.ts'
import { analysisOptions, analysisPlanOf } from '../analysis.ts'
import type { Arguments, Command } from '../arguments.ts'
import { type Device, withDevice } from '../device.ts'
import { ensembleOf, ensembleOptions } from '../ensemble.ts'
import { checkOutput, ownFile, readBytes, readForceField, readFrames, readStructures } from '../files.ts'
import { type Plan, simulate } from '../md-run.ts'
import { minimizationOptions, minimizationPlanOf } from '../minimization.ts'
import { replicaFiles, simulateReplicas } from '../replica-run.ts'
import { type ReplicaSummary, replicaSummaryText } from '../replica-summary.ts'
import { type ReplicaPlan, replicaOptions, replicaPlanOf } from '../replicas.ts'
import { type Summary, summaryText } from '../run-summary.ts'
import { jsonOption, modelOptions } from '../shared-options.ts'
import { print, remark } from '../terminal.ts'

export const run: Command = {
  name: 'run',
  summary: 'Molecular dynamics of a structure',
  operands: 'STRUCTURE',
  options: {
    ...modelOptions,
    steps: { type: 'string', value: 'N', help: 'steps to take', default: '1000' },
    ...ensembleOptions,
    ...minimizationOptions,
    ...replicaOptions,
    every: { type: 'string', value: 'N', help: 'steps between samples, and frames written', default: '100' },
    frame: {
      type: 'string',
      value: 'LIST',
      help: 'frames of STRUCTURE to start from, 1,4-6 or all: a run each, with -frame1 and so on before the ending of its files',
      default: '1',
    },
    frames: {
      type: 'string',
      value: 'FILE',
      help: 'trajectory of the atoms of STRUCTURE (.dcd, .xtc, .pdb, .xyz) whose frames --frame counts',
    },
    output: {
      type: 'string',
      value: 'FILE',
      help: 'trajectory, .xyz, .pdb, .dcd or .xtc; replaced if it exists',
    },
    'save-state': {
      type: 'string',
      value: 'FILE',
      help: 'exact state after the last good report, to --restart from',
    },
    restart: {
      type: 'string',
      value: 'FILE',
      help: 'go on from a saved state, with its settings, instead of STRUCTURE',
    },
    ...analysisOptions,
    json: jsonOption,
  },
  details:
    'Every frame of an .xyz trajectory holds positions in Å, velocities in Å/fs, forces in eV/Å and the potential energy\n' +
    'in eV; .pdb, .dcd and .xtc hold positions and cell. The summary gives speed, mean temperature, and the drift and fluctuation of the conserved energy\n' +
    '(the total, less heat and work received): slope of and deviation from its least-squares line.',
  async run(given) {
    const plan = planOf(given)
    const replicas = replicaPlanOf(given, plan.options)
    const restart = given.text('restart')
    const starts = restart === undefined ? await startsOf(given) : [await savedState(restart, given)]
    const field = await readForceField(given.text('model'), given)
    // Before any work, so that a bad frame or place does not come as a late surprise.
    for (const { start } of starts) field.typesOf('contents' in start ? start.structure : start)
    const runs = starts.map(({ start, name }) => ({
      start,
      plan: name === null ? plan : filesFor(plan, name),
    }))
    for (const { plan } of runs) {
      if (plan.output !== undefined) trajectoryFormatOf(plan.output)
      for (const path of filesOf(plan, replicas)) {
        if (path !== undefined) await checkOutput(path, restart ?? given.onlyOperand())
      }
    }
    const json = given.flag('json')
    const summaries: (Summary | ReplicaSummary)[] = []
    await withDevice(async (device) => {
      for (const [i, { start, plan }] of runs.entries()) {
        const [summary, text] = await resultOf(device, start, field, plan, replicas)
        summaries.push(summary)
        if (!json) print([...(i > 0 ? [''] : []), text].join('\n'))
        if (summary.fault) remark(summary.fault)
        if (summary.interrupted) return
      }
    })
    if (json) print(JSON.stringify(summaries.length === 1 ? summaries[0] : summaries, null, 2))
    if (summaries.some(({ interrupted }) => interrupted)) return 130
    return summaries.some(({ fault }) => fault) ? 1 : 0
  },
}

/** What came of a run, for programs and for people. */
async function resultOf(
  device: Device,
  start: Structure | SimulationState,
  field: ForceField,
  plan: Plan,
  replicas: ReplicaPlan | null,
): Promise<[Summary | ReplicaSummary, string]> {
  if (replicas && !('contents' in start)) {
    const summary = await simulateReplicas(device.gpu, start, field, plan, replicas)
    return [summary, replicaSummaryText(summary)]
  }
  const summary = await simulate(device, start, field, plan)
  return [summary, summaryText(summary)]
}

/** All files that a plan writes, and undefined for those it does not. */
const filesOf = ({ output, saveState, analysis }: Plan, replicas: ReplicaPlan | null) => [
  ...(output !== undefined && replicas ? replicaFiles(output, replicas) : [output]),
  saveState,
  analysis?.file,
]

function planOf(given: Arguments): Plan {
  const steps = given.number('steps', { least: given.flag('minimize') ? 0 : 1, whole: true })
  const options = ensembleOf(given, steps)
  return {
    steps,
    every: given.number('every', { least: 1, whole: true }),
    options,
    minimization: minimizationPlanOf(given, options),
    output: given.text('output'),
    saveState: given.text('save-state'),
    analysis: analysisPlanOf(given),
  }
}

/** Where a run begins; its name is part of its files' names where there are several. */
interface Start {
  readonly start: Structure | SimulationState
  readonly name: string | null
}

/** The plan with its own files: `out.xyz` becomes `out-frame3.xyz`. */
function filesFor(plan: Plan, name: string): Plan {
  const own = (path: string): string => ownFile(path, name)
  const { output, saveState, analysis } = plan
  return {
    ...plan,
    output: output && own(output),
    saveState: saveState && own(saveState),
    analysis: analysis && { ...analysis, file: own(analysis.file) },
  }
}

/** @throws InputError where a structure is given beside the state, or the file is no state */
async function savedState(path: string, given: Arguments): Promise<Start> {
  if (given.operands.length > 0)
    throw new InputError(`--restart ${path} brings its own structure: leave ${given.operands[0]} out.`)
  if (given.flag('minimize'))
    throw new InputError(`--restart ${path} goes on where a run was: leave --minimize out.`)
  return { start: readState(await readBytes(path), path), name: null }
}

async function startsOf(given: Arguments): Promise<Start[]> {
  const structure = given.onlyOperand()
  const trajectory = given.text('frames')
  const path = trajectory ?? structure
  const asked = given.text('frame') === 'all' ? null : given.list('frame')
  const frames =
    trajectory === undefined
      ? await readStructures(structure)
      : await readFrames(trajectory, (await readStructures(structure, 1))[0], asked && Math.max(...asked))
  const wanted = asked ?? [...frames.keys()].map((i) => i + 1)
  const missing = wanted.find((frame) => frame > frames.length)
  if (missing !== undefined)
    throw new InputError(`${path} has no frame ${missing}; it ends with frame ${frames.length}.`)
  if (frames.length > 1 && trajectory === undefined)
    remark(
      `${path} has ${frames.length} frames: starting from ${wanted.length > 1 ? 'frames' : 'frame'} ${wanted.join(', ')}.`,
    )
  return wanted.map((frame) => ({
    start: frames[frame - 1],
    name: wanted.length > 1 ? `frame${frame}` : null,
  }))
}
