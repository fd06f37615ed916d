/** Force fields of the page, and what their files do not tell: it is asked, and stated. */
import type { Checkpoint } from '../formats/checkpoint.ts'
import type { ForceField } from '../models/force-field.ts'
import { OpenQuestion, type OpenStatement, type Statements, statementOf } from '../models/open-statements.ts'
import { loadForceField } from '../models/registry.ts'

/** What has been typed into fields, by their names; what has been emptied is no longer stated. */
export type Answers = { readonly [name: string]: string }

/** What a file has to be told before it can be loaded. */
export interface Question {
  /** Name of the file. */
  readonly source: string
  /** One sentence about the file, which it need not name. */
  readonly message: string
  /** All that has been asked so far: an earlier answer may be what a later one fails at. */
  readonly open: readonly OpenStatement[]
  /** @throws InputError for answers that will not do */
  answer(answers: Answers): Asked
}

/** What comes of a checkpoint. */
export type Asked = { readonly field: ForceField } | { readonly question: Question }

interface Origin {
  readonly checkpoint: Checkpoint
  readonly stated: Statements
}

/** Where force fields came from: whoever simulates with them need not know, and when they go so does this. */
const origins = new WeakMap<ForceField, Origin>()

function load(checkpoint: Checkpoint, stated: Statements): ForceField {
  const field = loadForceField(checkpoint, { stated })
  origins.set(field, { checkpoint, stated })
  return field
}

/**
 * A force field, or what has to be stated first.
 * @throws InputError for a checkpoint that holds none
 */
export function ask(
  checkpoint: Checkpoint,
  stated: Statements = {},
  asked: readonly OpenStatement[] = [],
): Asked {
  try {
    return { field: load(checkpoint, stated) }
  } catch (error) {
    if (!(error instanceof OpenQuestion)) throw error
    const before = asked.filter(({ name }) => error.open.every((one) => one.name !== name))
    const open = [...before, ...error.open].map((one) => ({ ...one, value: stated[one.name] ?? null }))
    const answer = (answers: Answers) => ask(checkpoint, withAnswers(stated, answers), open)
    const { source } = checkpoint
    return { question: { source, message: withoutName(error.message, source), open, answer } }
  }
}

/** `model.pt: the number…` where it is said beside the name. */
function withoutName(message: string, source: string): string {
  const rest = message.startsWith(`${source}: `) ? message.slice(source.length + 2) : message
  return rest.charAt(0).toUpperCase() + rest.slice(1)
}

/**
 * The same force field, with more stated of its file.
 * @throws InputError for answers that will not do
 */
export function restated(field: ForceField, answers: Answers): ForceField {
  const { checkpoint, stated } = origins.get(field)!
  return load(checkpoint, withAnswers(stated, answers))
}

function withAnswers(stated: Statements, answers: Answers): Statements {
  const typed = Object.entries(answers).map(([name, text]) => [name, text.trim()] as const)
  const kept = Object.entries(stated).filter(([name]) => answers[name] === undefined)
  const given = typed.filter(([, text]) => text !== '').map(([name, text]) => [name, statementOf(text)])
  return Object.fromEntries([...kept, ...given])
}
