import { expect } from 'vitest'
import { InputError } from '../../../../src/errors.ts'

/** Runs something that may succeed, or fail with an InputError of one sentence; anything else is a defect. */
export const succeedsOrExplains = <T>(run: () => T): T | null => {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    expect(error.message).toMatch(/^[^\n]+\.$/)
    return null
  }
}

/** The message of the InputError that something must end in. */
export const complaint = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(InputError)
    const { message } = error as InputError
    expect(message).toMatch(/^[^\n]+\.$/)
    return message
  }
  throw new Error('expected an InputError, but it succeeded')
}
