/** Writes stored zip archives the way PyTorch does: padded local headers, sizes in the central directory only. */

import { ascii, bytes, type Code, join, u32 } from './pickle-writer.ts'

const u16 = (value: number): Code => bytes(value & 255, value >> 8)
const u64 = (value: number): Code => join(u32(value), u32(0))

export interface ZipOptions {
  /** Puts sizes and offsets into zip64 fields. */
  readonly zip64?: boolean
  readonly method?: number
  readonly comment?: string
}

export const zip = (
  files: readonly (readonly [name: string, content: Code])[],
  options: ZipOptions = {},
): Code => {
  const { zip64 = false, method = 0, comment = '' } = options
  const locals: Code[] = []
  const centrals: Code[] = []
  let at = 0
  files.forEach(([name, content], i) => {
    const padding = new Uint8Array(5 + 3 * i)
    const local = join(
      u32(0x04034b50),
      u16(0),
      u16(0x0808),
      u16(method),
      u32(0),
      u32(0),
      u32(0),
      u32(0),
      u16(ascii(name).length),
      u16(padding.length),
      ascii(name),
      padding,
      content,
    )
    const extra = zip64 ? join(u16(1), u16(24), u64(content.length), u64(content.length), u64(at)) : bytes()
    const field = (value: number) => (zip64 ? u32(0xffffffff) : u32(value))
    centrals.push(
      join(
        u32(0x02014b50),
        u16(0),
        u16(0),
        u16(0x0808),
        u16(method),
        u32(0),
        u32(0),
        field(content.length),
        field(content.length),
        u16(ascii(name).length),
        u16(extra.length),
        u16(0),
        u16(0),
        u16(0),
        u32(0),
        field(at),
        ascii(name),
        extra,
      ),
    )
    locals.push(local)
    at += local.length
  })
  const directory = join(...centrals)
  const end64 = zip64
    ? join(
        u32(0x06064b50),
        u64(44),
        u16(45),
        u16(45),
        u32(0),
        u32(0),
        u64(files.length),
        u64(files.length),
        u64(directory.length),
        u64(at),
        u32(0x07064b50),
        u32(0),
        u64(at + directory.length),
        u32(1),
      )
    : bytes()
  const count = zip64 ? 0xffff : files.length
  const end = join(
    u32(0x06054b50),
    u16(0),
    u16(0),
    u16(count),
    u16(count),
    zip64 ? u32(0xffffffff) : u32(directory.length),
    zip64 ? u32(0xffffffff) : u32(at),
    u16(comment.length),
    ascii(comment),
  )
  return join(...locals, directory, end64, end)
}
