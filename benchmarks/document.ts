/** docs/performance.md out of results. */
import { goalTable } from './goals.ts'
import type { Results } from './results.ts'
import { markdown, rate, sectionsOf } from './tables.ts'

const HEAD = [
  '# Performance',
  '',
  'Written by `npm run bench -- --docs …`; do not edit. `npm run bench -- --help` lists what else it can measure, and',
  '`CONTRIBUTING.md` says how to measure on another machine.',
]

/** @param all one part for each, in this order: runs on different adapters */
export const documentOf = (all: readonly Results[]): string =>
  `${[...HEAD, ...all.flatMap(partOf)].join('\n')}\n`

function partOf(results: Results): string[] {
  const { command, date, host, machine, adapter, isSoftware, ceilings, peers } = results
  const lines = [
    '',
    `## ${adapter}`,
    '',
    '```sh',
    // Where the JSON went does not matter.
    command.replace(/ --json[ =]\S+/, ''),
    '```',
    '',
    `- run in: ${host}, ${date}`,
    `- machine: ${machine}`,
  ]
  if (ceilings)
    lines.push(
      `- measured peaks: ${rate(ceilings.flopsPerSecond, 'FLOP/s')} (matrix product, ${ceilings.product}), ${rate(ceilings.bytesPerSecond, 'B/s')} (copy, reading and writing together, ${ceilings.copy})`,
    )
  if (isSoftware)
    lines.push(
      '',
      'The adapter is a program on the processor, which other programs share: compare ratios and counts, not times.',
    )
  lines.push('', '### Goals', '', markdown(goalTable(results)))
  for (const { title, text } of sectionsOf(results)) {
    lines.push('', `### ${title}`, '', text)
    const note = NOTES[title]
    if (note) lines.push('', ...note)
    if (title === 'Peers')
      for (const { file, peer, host, adapter } of peers ?? [])
        lines.push('', `${file}: ${peer}; ${host}, ${adapter}.`)
  }
  return lines
}

const NOTES: Readonly<Record<string, readonly string[]>> = {
  'Time per step': [
    '*time/step* is the quickest repeat of whole MD steps (neighbour list, energy, forces, integrator), many in one',
    'submission, beside the median; *ns/day* at 0.5 fs. *small* is the bundled model; *md17* (6 layers of 128 channels, 8',
    'heads, 32 radial functions, 5 Å) and *spice* (64 radial functions, 10 Å) have weights made by formula, and atoms that',
    'hardly move. *useful FLOP* is the arithmetic of energy and forces with tabulated filters, *upstream FLOP* the matrix',
    'products of TorchMD-NET for the same (formulas: `benchmarks/lib/flops.ts`); *of product peak* is the useful arithmetic',
    'over the measured matrix product. *bytes/step* is the size of all buffers that dispatches are bound to, each counted',
    'once per dispatch (`benchmarks/lib/commands.ts`), *of copy peak* that over the measured copy: an account from which',
    'caches, room to spare, and kernels that find nothing to do take away, so that it may exceed 100 %. *bytes/atom* leaves',
    'out weights and tables.',
  ],
  'Time to first step': [
    'From a fresh device; *load* reads the file (or makes the weights) and tabulates the radial filters, *compile* links and',
    'compiles all kernels and uploads everything.',
  ],
  'Growth with the number of atoms': [
    'The water box of the gallery, repeated, under the bundled model: the energy per atom is the same at every size.',
  ],
  Variants: [
    'The same step carried out differently, timed in turns. In lists, all that happens to each atom alone between two sums',
    'over edges is one dispatch with barriers in it (`src/models/layers/atomwise.ts`); a cell list, which large systems have,',
    'adds nine dispatches.',
  ],
  Peers: [
    'Energy and forces of one geometry, in turns: onnxruntime-web in the same page, TorchMD-NET in a process of its own.',
    '*relative* is to the first engine, measured next to it in time; differences are the largest from Tumble. Peers return',
    'energy and forces to the CPU, as does *Tumble, one evaluation*; *Tumble, one MD step* leaves them on the GPU.',
  ],
  'Time to first motion of the page': [
    'The built site, served by this machine to a headless Chromium, from navigation until the GPU has drawn the molecule at',
    'rest, until the page runs, and until it shows that a step was taken. Cold is a new profile, warm the same one again.',
  ],
}
