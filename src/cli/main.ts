/** `tumble`: the engine headless, on Node. */
import { version } from '../../package.json'
import { InputError, messageOf } from '../errors.ts'
import { type Command, helpOf, parseArguments } from './arguments.ts'
import { card } from './commands/card.ts'
import { convert } from './commands/convert.ts'
import { forces } from './commands/forces.ts'
import { modes } from './commands/modes.ts'
import { profile } from './commands/profile.ts'
import { run } from './commands/run.ts'
import { tune } from './commands/tune.ts'
import { verify } from './commands/verify.ts'
import { print, remark } from './terminal.ts'

const commands: readonly Command[] = [forces, run, modes, convert, verify, card, profile, tune]

/** Exit statuses: 0 done, 1 a check or a run failed, 2 bad input, 70 (EX_SOFTWARE) a fault of ours. */
const BAD_INPUT = 2
const OUR_FAULT = 70

const overview = (): string =>
  [
    'Usage: tumble COMMAND …',
    '',
    'Molecular dynamics with neural force fields, on the GPU.',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`),
    '',
    'tumble COMMAND --help tells more about one; tumble --version which this is.',
  ].join('\n')

async function tumble(words: readonly string[]): Promise<number> {
  const [first, ...rest] = words
  if (first === undefined) {
    remark(overview())
    return BAD_INPUT
  }
  if (first === '--version' || first === '-v') {
    print(version)
    return 0
  }
  if (first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
    print(overview())
    return 0
  }
  const [name, options] = first === 'help' ? [rest[0], ['--help']] : [first, rest]
  const command = commands.find((candidate) => candidate.name === name)
  if (!command) {
    const known = commands.map((candidate) => candidate.name).join(', ')
    throw new InputError(`tumble has no command ${name}; its commands are ${known}.`)
  }
  const given = parseArguments(command, options)
  if (given) return command.run(given)
  print(helpOf(command).trimEnd())
  return 0
}

/** Whoever reads stdout may stop reading (`| head`): then there is nothing left to do. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : OUR_FAULT)
})

let status: number
try {
  status = await tumble(process.argv.slice(2))
} catch (error) {
  const expected = error instanceof InputError
  remark(expected ? error.message : `tumble failed unexpectedly: ${messageOf(error)}`)
  status = expected ? BAD_INPUT : OUR_FAULT
}
// Exit at once, not when Dawn's threads have wound down; but not before all is written.
process.stdout.write('', () => process.exit(status))
