import { isTuning, type Tuning } from './tuning.ts'

/** Text that outlives the program: a browser's storage, a file. */
export interface TextStore {
  /** null where there is nothing yet */
  load(): string | null
  save(text: string): void
}

/** Goes up when kernels change so much that what was best for the old ones tells nothing about the new. */
const VERSION = 1

/** Systems of up to so many atoms are alike; larger ones fill any GPU. */
const CLASSES = [32, 256, 2048]

/** Whatever is in the store: people edit files, and former versions wrote them. */
interface Remembered {
  readonly version: number
  readonly tunings: Readonly<Record<string, unknown>>
}

/** What was found best, by adapter and size of system. What a store holds and nobody understands counts as nothing. */
export class TuningMemory {
  private readonly tunings = new Map<string, Tuning>()

  constructor(private readonly store: TextStore) {
    for (const [key, tuning] of Object.entries(remembered(store))) {
      if (isTuning(tuning)) this.tunings.set(key, tuning)
    }
  }

  recall(adapter: string, atoms: number): Tuning | null {
    return this.tunings.get(keyOf(adapter, atoms)) ?? null
  }

  remember(adapter: string, atoms: number, tuning: Tuning): void {
    this.tunings.set(keyOf(adapter, atoms), tuning)
    this.store.save(JSON.stringify({ version: VERSION, tunings: Object.fromEntries(this.tunings) }, null, 2))
  }
}

/** For people: `up to 256 atoms`. */
export function sizeClass(atoms: number): string {
  const most = CLASSES.find((most) => atoms <= most)
  return most ? `up to ${most} atoms` : `more than ${CLASSES.at(-1)} atoms`
}

const keyOf = (adapter: string, atoms: number): string => `${adapter}, ${sizeClass(atoms)}`

function remembered(store: TextStore): Remembered['tunings'] {
  try {
    const { version, tunings } = JSON.parse(store.load() ?? '{}') as Partial<Remembered>
    return version === VERSION && tunings ? tunings : {}
  } catch {
    return {}
  }
}
