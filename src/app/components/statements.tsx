import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { OpenStatement } from '../../models/open-statements.ts'
import type { Answers } from '../stating.ts'

interface StatementsProps {
  readonly open: readonly OpenStatement[]
  /** Why nothing goes on before this is answered: then the first field is typed into at once. */
  readonly message?: string
  /** What the button says. */
  readonly action: string
  readonly disabled: boolean
  /** Fields that have been changed, by name. */
  send(answers: Answers): void
  /** Gives up; left out where there is nothing to give up. */
  leave?(): void
}

/** What a file does not tell, to be filled in. What has been typed is kept until something else is open. */
export function Statements({ open, message, action, disabled, send, leave }: StatementsProps) {
  const form = useRef<HTMLFormElement>(null)
  const typed = useSignal<Answers>({})
  useEffect(() => {
    typed.value = {}
  }, [open])
  const focusFirst = () => form.current?.querySelector<HTMLElement>('input, select')?.focus()
  useEffect(() => {
    if (message !== undefined && !disabled) focusFirst()
  }, [message, disabled])
  return (
    <form
      ref={form}
      noValidate
      class="statements"
      data-testid="statements"
      onSubmit={(event) => {
        event.preventDefault()
        if (Object.keys(typed.value).length) send(typed.value)
        else focusFirst()
      }}
    >
      {message !== undefined && (
        <p id="question" class="question-text" data-testid="question">
          {message}
        </p>
      )}
      <fieldset disabled={disabled} aria-describedby={message === undefined ? undefined : 'question'}>
        <legend>The file does not tell</legend>
        {open.map((one) => (
          <Field
            key={one.name}
            {...one}
            text={typed.value[one.name] ?? String(one.value ?? '')}
            type={(text) => {
              typed.value = { ...typed.value, [one.name]: text }
            }}
          />
        ))}
        <div class="statement-buttons">
          {leave && (
            <button type="button" class="chip" onClick={leave}>
              Not now
            </button>
          )}
          <button type="submit" class="chip chip-first" data-testid="state">
            {action}
          </button>
        </div>
      </fieldset>
    </form>
  )
}

interface FieldProps extends OpenStatement {
  readonly text: string
  type(text: string): void
}

function Field({ name, title, kind, choices = [], unit, example, why, text, type }: FieldProps) {
  const id = `state-${name}`
  const common = {
    id,
    'data-testid': id,
    'aria-describedby': `${id}-why`,
    value: text,
  }
  return (
    <div class="statement">
      <label for={id}>
        {title}
        {unit && <span class="sr-only">, {unit}</span>}
      </label>
      <div class="statement-row">
        {kind === 'choice' ? (
          <select {...common} onChange={(event) => type(event.currentTarget.value)}>
            {choices.map((choice) => (
              <option key={choice} value={choice}>
                {choice}
              </option>
            ))}
          </select>
        ) : (
          // Not a number's own kind of field: that hides what it cannot read, and nobody could say what is wrong.
          <input
            {...common}
            type="text"
            inputMode={kind === 'number' ? 'decimal' : 'text'}
            data-kind={kind}
            placeholder={example && `e.g. ${example}`}
            spellcheck={false}
            autocomplete="off"
            autocapitalize="off"
            onInput={(event) => type(event.currentTarget.value)}
          />
        )}
        {unit && (
          <span class="unit" aria-hidden="true">
            {unit}
          </span>
        )}
      </div>
      <p id={`${id}-why`} class="fine">
        {why} <code>{name}</code>
      </p>
    </div>
  )
}
