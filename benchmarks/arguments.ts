/** Words after `npm run bench --`. */
import { InputError } from '../src/errors.ts'
import { MODEL_NAMES, type ModelName } from './models.ts'

export interface BenchOptions {
  readonly models: readonly ModelName[]
  /** largest number of atoms */
  readonly atoms: number
  /** s that a case may cost; null leaves it to the kind of adapter */
  readonly seconds: number | null
  /** where the JSON goes, or null: to stdout */
  readonly json: string | null
  /** whether docs/performance.md is written */
  readonly docs: boolean
  /** whether the suite runs in a browser in place of Node */
  readonly page: boolean
  /** whether the page is only served, for somebody's own browser */
  readonly serve: boolean
  readonly startup: boolean
  /** whether ways to carry out a step are compared, too */
  readonly variants: boolean
  /** whether Chromium is to use the machine's GPU; in software otherwise */
  readonly gpu: boolean
  /** Python interpreter that has torchmd-net, to compare with; or null */
  readonly torch: string | null
  /** whether torch.compile is timed, too */
  readonly compile: boolean
  /** whether each kernel of a step is timed alone, too */
  readonly profile: boolean
  /** JSON of former runs, perhaps on other machines, that the document is made of in place of a new one */
  readonly from: readonly string[]
  /** ONNX files to compare with */
  readonly onnx: readonly string[]
}

/** What `npm run bench -- --help` prints. */
export const HELP = `Usage: npm run bench -- [options]

Measures Tumble: time per step, work, memory and time to first step, per model and system.

  --models A,B     of ${MODEL_NAMES.join(', ')} (default all)
  --atoms N        leave out larger systems
  --seconds S      what a case may cost; dearer ones become a row that says so (default 120, on a GPU 600)
  --json FILE      write the figures there in place of stdout
  --docs           write docs/performance.md
  --from FILE      make tables and document of the JSON of a former run (may be repeated: one part for each adapter)
  --page           run in headless Chromium in place of Node
  --serve          serve the page of the benchmarks, to be opened on a GPU of your own
  --onnx FILE      compare with onnxruntime-web on an ONNX file of the bundled network (may be repeated);
                   FILE.xyz, or an .xyz beside it by whose name FILE ends, has the atoms
  --torch PYTHON   compare with TorchMD-NET in PyTorch: an interpreter that has torchmd-net and torch
  --compile        time torch.compile, too, which takes a minute for each network and structure
  --profile        time each kernel of a step alone, too
  --variants       compare ways to carry out a step, too: in turns, on the smallest system of each model
  --startup        time to first picture and motion of the built page, cold and warm
  --gpu            let the headless Chromium of --page, --onnx and --startup use the GPU; in software otherwise

--onnx, --torch and --startup run by themselves; with --docs or --page the suite runs as well.
`

const FLAGS = ['docs', 'page', 'serve', 'startup', 'gpu', 'variants', 'compile', 'profile'] as const

/** @returns null where help is asked for. @throws InputError in one sentence for a word that is not understood */
export function parseBenchArguments(words: readonly string[]): BenchOptions | null {
  const flags = Object.fromEntries(FLAGS.map((name) => [name, false])) as Record<
    (typeof FLAGS)[number],
    boolean
  >
  const onnx: string[] = []
  const from: string[] = []
  let models: readonly ModelName[] = MODEL_NAMES
  let atoms = Number.POSITIVE_INFINITY
  let seconds: number | null = null
  let json: string | null = null
  let torch: string | null = null
  const queue = words.flatMap((word) => (/^--\w+=/.test(word) ? splitOnce(word) : [word]))
  while (queue.length > 0) {
    const word = queue.shift()!
    const flag = FLAGS.find((name) => word === `--${name}`)
    if (flag) flags[flag] = true
    else if (word === '--help' || word === '-h') return null
    else if (word === '--models') models = modelsOf(following(word, queue))
    else if (word === '--atoms') atoms = positive(word, following(word, queue))
    else if (word === '--seconds') seconds = positive(word, following(word, queue))
    else if (word === '--json') json = following(word, queue)
    else if (word === '--torch') torch = following(word, queue)
    else if (word === '--from') from.push(following(word, queue))
    else if (word === '--onnx') onnx.push(following(word, queue))
    // The largest number of atoms may stand alone.
    else if (/^\d+$/.test(word)) atoms = positive('--atoms', word)
    else throw new InputError(`npm run bench does not know ${word}; see npm run bench -- --help.`)
  }
  return { models, atoms, seconds, json, torch, from, onnx, ...flags }
}

/** Whether the suite itself is asked for, beside or without what compares and starts up. */
export const wantsSuite = ({ docs, page, startup, torch, onnx }: BenchOptions): boolean =>
  docs || page || !(startup || torch || onnx.length > 0)

const splitOnce = (word: string): string[] => {
  const at = word.indexOf('=')
  return [word.slice(0, at), word.slice(at + 1)]
}

function following(option: string, queue: string[]): string {
  const value = queue.shift()
  if (value === undefined || value.startsWith('--'))
    throw new InputError(`${option} needs a value; see npm run bench -- --help.`)
  return value
}

function positive(option: string, text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value > 0) return value
  throw new InputError(`${option} takes a positive number, not "${text}".`)
}

function modelsOf(text: string): ModelName[] {
  return text.split(',').map((word) => {
    const name = MODEL_NAMES.find((name) => name === word.trim())
    if (name) return name
    throw new InputError(`There is no benchmark model "${word}"; there are ${MODEL_NAMES.join(', ')}.`)
  })
}
