import type { Structure } from '../../chemistry/structure.ts'

/** What the page asks the worker. */
export interface Question {
  readonly smiles: string
}

/** What the worker answers: atoms, or why there are none. */
export type Answer =
  | { readonly structure: Structure }
  /** expected: the user's mistake, in words for the user. */
  | { readonly message: string; readonly expected: boolean }
