/** Molecules from SMILES. openchemlib (2.5 MB with its data) is loaded when the first one is asked for, in a worker. */

import type { Structure } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
import type { Answer, Question } from './messages.ts'

/** Ring systems without a good shape would be searched for ever. */
const PATIENCE_MS = 30_000

/**
 * Atoms in space, hydrogens included, of a SMILES.
 * @param signal ends the work; the promise is then rejected with the signal's reason
 * @returns see `convertSmiles`; the same SMILES gives the same atoms
 * @throws InputError in words for the user
 */
export const structureFromSmiles = (smiles: string, signal?: AbortSignal): Promise<Structure> =>
  fromWorker(
    () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
    smiles,
    signal,
    PATIENCE_MS,
  )

/** The worker's part that this needs. */
export type Builder = Pick<Worker, 'postMessage' | 'terminate' | 'onmessage' | 'onerror'>

/** Asks one worker one question. */
export const fromWorker = (
  start: () => Builder,
  smiles: string,
  signal: AbortSignal | undefined,
  patience: number,
): Promise<Structure> => {
  if (signal?.aborted) return Promise.reject(signal.reason)
  const worker = start()
  let stop = () => worker.terminate()
  return new Promise<Structure>((resolve, reject) => {
    const cancel = () => reject(signal?.reason)
    const tooLong = `No shape of this molecule was found in ${patience / 1000} seconds; try a smaller one.`
    const timer = setTimeout(() => reject(new InputError(tooLong)), patience)
    signal?.addEventListener('abort', cancel)
    stop = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', cancel)
      worker.terminate()
    }
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if ('structure' in data) resolve(data.structure)
      else reject(data.expected ? new InputError(data.message) : new Error(data.message))
    }
    worker.onerror = (event) =>
      reject(new Error(event.message || 'The part of the page that builds molecules could not be loaded.'))
    const question: Question = { smiles }
    worker.postMessage(question)
  }).finally(() => stop())
}
