/**
 * A mistake in what a user gave us. The message is one sentence that says what is wrong,
 * where (file, line, tensor), and how to mend it; it is shown as it stands.
 */
export class InputError extends Error {
  override readonly name = 'InputError'

  constructor(message: string) {
    super(visible(message))
  }
}

/**
 * Names out of a damaged or hostile file may hold anything. Line ends and control characters, which would break the
 * sentence or steer a terminal, are spelled out: `\u000a`.
 */
const visible = (text: string): string =>
  text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (c) => `\\u${c.codePointAt(0)!.toString(16).padStart(4, '0')}`)

/** Text of any thrown value, for places that must show it. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
