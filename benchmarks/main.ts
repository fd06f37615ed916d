/** `npm run bench`: figures for the documents, as a table and as JSON. See CONTRIBUTING.md. */
import { type LargeSystems, largeSystems } from './large-systems.ts'

const [root, most] = process.argv.slice(2)
const result = await largeSystems(root, most === undefined ? undefined : Number(most))
console.log(JSON.stringify(result, null, 2))
console.error(tableOf(result))
process.exit(0)

function tableOf({ adapter, model, sizes }: LargeSystems): string {
  const [smallest] = sizes
  const rows = sizes.map((size) =>
    [
      size.atoms.toLocaleString('en'),
      size.pairsPerAtom.toFixed(1),
      Math.round(size.bytesPerAtom).toLocaleString('en'),
      String(size.dispatchesPerStep),
      String(size.bytesPerReport),
      size.secondsPerStep.toPrecision(3),
      (size.microsecondsPerAtom / smallest.microsecondsPerAtom).toFixed(2),
      size.energyPerAtom.toFixed(6),
    ].join(' | '),
  )
  return [
    `\n${model}, ${adapter}\n`,
    '| atoms | pairs/atom | bytes/atom | dispatches/step | bytes/report | s/step | cost/atom relative | eV/atom |',
    '|---:|---:|---:|---:|---:|---:|---:|---:|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n')
}
