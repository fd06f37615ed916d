/** Builds one molecule, away from the page's thread, and is then ended by who started it. */

import { Resources } from 'openchemlib'
// The package names no entry for its data.
import resources from '../../../node_modules/openchemlib/dist/resources.json?url'
import { InputError, messageOf } from '../../errors.ts'
import { convertSmiles } from './convert.ts'
import type { Answer, Question } from './messages.ts'

const build = async ({ smiles }: Question): Promise<Answer> => {
  try {
    const response = await fetch(resources)
    if (!response.ok)
      throw new InputError(`${resources} could not be fetched: the server answered ${response.status}.`)
    Resources.register(await response.text())
    return { structure: convertSmiles(smiles) }
  } catch (error) {
    return { message: messageOf(error), expected: error instanceof InputError }
  }
}

addEventListener('message', ({ data }: MessageEvent<Question>) => {
  void build(data).then((answer) => postMessage(answer))
})
