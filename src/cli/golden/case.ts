/** Golden cases from disk; what they are: parse.ts. */
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { InputError, messageOf } from '../../errors.ts'
import { bundledModels } from '../package-root.ts'
import { type GoldenCase, type ReadFile, readCase, readReference } from './parse.ts'

export type { GoldenCase, Yardstick } from './parse.ts'

/**
 * All golden cases in or below the folders, sorted by path. Cases without a `golden` block test parts of a network
 * and are left out.
 * @throws InputError for a folder that does not exist, or a case that is not valid JSON.
 */
export async function loadGoldenCases(folders: readonly string[]): Promise<GoldenCase[]> {
  const cases: GoldenCase[] = []
  for (const folder of folders) {
    const names = await readdir(folder, { recursive: true }).catch(() => {
      throw new InputError(`There is no folder ${folder} to look for golden cases in.`)
    })
    for (const file of names.sort()) {
      if (basename(file) === 'case.json') {
        const path = dirname(join(folder, file))
        const golden = readCase(await readJson(join(folder, file)), path, from(path))
        if (golden) cases.push(golden)
      } else if (basename(file) === 'reference.json') {
        const path = dirname(resolve(folder, file))
        cases.push(...readReference(await readJson(join(folder, file)), path, from(path, bundledModels())))
      }
    }
  }
  return cases
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new InputError(`${file} is not a golden case: ${messageOf(error)}`)
  }
}

/** Reads a file from the first folder that has it. */
const from =
  (...folders: readonly string[]): ReadFile =>
  async (name) => {
    for (const folder of folders) {
      const bytes = await readFile(join(folder, name)).catch(() => null)
      if (bytes) return new Uint8Array(bytes)
    }
    return null
  }
