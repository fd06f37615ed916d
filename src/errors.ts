/**
 * A mistake in what a user gave us. The message is one sentence that says what is wrong,
 * where (file, line, tensor), and how to mend it; it is shown as it stands.
 */
export class InputError extends Error {
  override readonly name = 'InputError'
}

/** Text of any thrown value, for places that must show it. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
