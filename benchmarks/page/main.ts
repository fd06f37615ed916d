/** The suite in a page: run by hand, or by a script that drives a browser (api.ts). */
import { MODEL_NAMES } from '../models.ts'
import { comparePeer, type PeerFiles } from '../peers/onnx.ts'
import type { Results } from '../results.ts'
import { describeHost, runSuite } from '../suite.ts'
import type { BenchApi } from './api.ts'
import { browserHost, fetchBytes } from './host.ts'
import { showResults } from './show.ts'

/** Where the script lays the files of peers. */
const PEERS = '/dist/benchmarks-page-peers'

const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T

const say = (text: string): void => {
  element('progress').textContent = text
  console.info(text)
}
const host = browserHost(say)

let results: Results | null = null

const show = (found: Results): void => {
  results = found
  showResults(element('tables'), found)
  element<HTMLButtonElement>('copy').disabled = false
}

const describe: BenchApi['describe'] = (command) => describeHost(host, command)

const run: BenchApi['run'] = async (options, command) => {
  const started = await describe(command)
  const cases: Results['cases'][number][] = []
  const found = await runSuite(host, options, command, (result) => {
    cases.push(result)
    show({ ...started, cases })
  })
  show(found)
  return found
}

const peers: BenchApi['peers'] = async () => {
  const files = JSON.parse(new TextDecoder().decode(await fetchBytes(`${PEERS}/index.json`))) as PeerFiles[]
  const found = []
  for (const { onnx, xyz } of files) {
    say(`comparing with ${onnx} …`)
    found.push(
      await comparePeer(
        host,
        { name: onnx, bytes: await fetchBytes(`${PEERS}/${onnx}`) },
        {
          name: xyz,
          bytes: await fetchBytes(`${PEERS}/${xyz}`),
        },
      ),
    )
  }
  show({ ...(results ?? (await describe(''))), peers: found })
  return found
}

window.bench = { describe, run, peers }

for (const name of MODEL_NAMES) {
  const label = document.createElement('label')
  const box = Object.assign(document.createElement('input'), { type: 'checkbox', name, checked: true })
  label.append(box, ` ${name}`)
  element('models').append(label)
}

const report = (error: unknown): void => say(error instanceof Error ? error.message : String(error))

/** One thing at a time: two would share the GPU. */
async function exclusively(work: () => Promise<unknown>): Promise<void> {
  const buttons = [...document.querySelectorAll('button')].filter(({ id }) => id !== 'copy')
  for (const button of buttons) button.disabled = true
  await work().then(() => say('Done.'), report)
  for (const button of buttons) button.disabled = false
}

element('choice').addEventListener('submit', (event) => {
  event.preventDefault()
  const form = event.target as HTMLFormElement
  const number = (id: string) => element<HTMLInputElement>(id).valueAsNumber
  const options = {
    models: MODEL_NAMES.filter((name) => (form.elements.namedItem(name) as HTMLInputElement).checked),
    atoms: number('atoms'),
    seconds: number('seconds'),
    json: null,
    docs: false,
    page: true,
    serve: true,
    startup: false,
    gpu: true,
    variants: true,
    compile: false,
    profile: false,
    torch: null,
    from: [],
    onnx: [],
  }
  void exclusively(() => run(options, 'npm run bench -- --serve'))
})

// Served with files of peers, the page says so in its address.
element('compare').hidden = !new URLSearchParams(location.search).has('peers')
element('compare').addEventListener('click', () => void exclusively(peers))

element('copy').addEventListener('click', () => {
  navigator.clipboard.writeText(JSON.stringify(results, null, 2)).then(() => say('Copied.'), report)
})

describe('').then(({ adapter, machine, host }) => {
  element('machine').textContent = `${adapter} · ${host} · ${machine}`
}, report)
