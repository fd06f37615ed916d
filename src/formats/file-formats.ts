/** Every kind of file that Tumble opens, in one table; messages, help and file dialogs are made from it. */

import { structureFormats } from './structures/registry.ts'
import { dcd } from './trajectory/dcd.ts'
import { xtc } from './trajectory/xtc.ts'

/** What a file is opened as. */
export type FileKind = 'structure' | 'trajectory' | 'checkpoint'

export interface FileFormat {
  readonly id: string
  readonly kind: FileKind
  /** What people call it. */
  readonly title: string
  /** File endings, with their dots, the usual one first. */
  readonly endings: readonly string[]
}

export const torchCheckpoint: FileFormat = {
  id: 'torch',
  kind: 'checkpoint',
  title: 'PyTorch checkpoint',
  endings: ['.ckpt', '.pt', '.pth', '.pth.tar'],
}

export const safetensors: FileFormat = {
  id: 'safetensors',
  kind: 'checkpoint',
  title: 'safetensors',
  endings: ['.safetensors'],
}

const describe = (
  kind: FileKind,
  {
    id,
    title,
    endings,
  }: { readonly id: string; readonly title: string; readonly endings: readonly string[] },
): FileFormat => ({ id, kind, title, endings })

export const fileFormats: readonly FileFormat[] = [
  ...structureFormats.map((format) => describe('structure', format)),
  // Trajectories with elements are structure files; these two need the structure of their atoms.
  ...[dcd, xtc].map((format) => describe('trajectory', format)),
  torchCheckpoint,
  safetensors,
]

/** @throws Error for an id that the table does not have: a mistake of ours. */
export const fileFormat = (id: string): FileFormat => {
  const format = fileFormats.find((known) => known.id === id)
  if (!format) throw new Error(`There is no file format ${id}.`)
  return format
}

/** The endings of a kind. */
export const endingsOf = (kind: FileKind): string[] =>
  fileFormats.filter((format) => format.kind === kind).flatMap(({ endings }) => endings)

/** The format whose ending a file has, in any case and gzipped or not; null for other endings. */
export const formatNamed = (name: string): FileFormat | null => {
  const lower = name.toLowerCase().replace(/\.gz$/, '')
  return fileFormats.find(({ endings }) => endings.some((ending) => lower.endsWith(ending))) ?? null
}

/** `structures (.xyz, …), trajectories (.dcd, …) and checkpoints (.ckpt, …)`: what messages say that Tumble opens. */
export const whatTumbleOpens = ((): string => {
  const list = (kind: FileKind) => endingsOf(kind).join(', ')
  return `structures (${list('structure')}), trajectories (${list('trajectory')}) and checkpoints (${list('checkpoint')}), each gzipped or not`
})()

/** Endings for a file dialog, which looks at a name's last one only. */
export const acceptedEndings: readonly string[] = [
  ...new Set([
    ...fileFormats.flatMap(({ endings }) => endings.map((e) => e.slice(e.lastIndexOf('.')))),
    '.gz',
  ]),
]
