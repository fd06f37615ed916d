import { extxyz } from '../trajectory/extxyz.ts'
import { xyzFrames } from '../xyz.ts'
import { textOf } from './text.ts'
import type { StructureFormat } from './types.ts'

export const xyz: StructureFormat = {
  id: 'xyz',
  title: 'xyz and extended xyz',
  endings: extxyz.endings,
  begins: (start) => /^\s*\d+[ \t]*(\r\n|\r|\n)/.test(start),
  read: (bytes, name) => xyzFrames(textOf(bytes, name), name),
}
