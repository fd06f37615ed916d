import { readFileSync } from 'node:fs'

/** A file of tests/unit/formats/data as bytes. */
export const dataFile = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../data/${name}`, import.meta.url)))
