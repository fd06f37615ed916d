/** A tiny pickle assembler: just enough of protocol 2 to write honest and malicious files by hand. */

/** Bytes of a part, as they stand. */
export type Code = Uint8Array

export const bytes = (...values: number[]): Code => Uint8Array.from(values)

export const join = (...parts: Code[]): Code => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export const ascii = (text: string): Code => new TextEncoder().encode(text)

export const u32 = (value: number): Code =>
  bytes(value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >>> 24) & 255)

export const text = (value: string): Code => join(ascii('X'), u32(ascii(value).length), ascii(value))

export const int = (value: number): Code => join(ascii('J'), u32(value))

export const none = ascii('N')

export const yes = bytes(0x88)

export const tuple = (...items: Code[]): Code => join(ascii('('), ...items, ascii('t'))

export const list = (...items: Code[]): Code => join(ascii(']('), ...items, ascii('e'))

export const dict = (...items: [Code, Code][]): Code => join(ascii('}('), ...items.flat(), ascii('u'))

/** A name; calls nothing yet. */
export const global = (module: string, name: string): Code => ascii(`c${module}\n${name}\n`)

/** callable(*args) */
export const call = (callable: Code, ...args: Code[]): Code => join(callable, tuple(...args), ascii('R'))

/** A whole pickle. */
export const pickle = (value: Code): Code => join(bytes(0x80, 2), value, ascii('.'))

export interface TensorOptions {
  readonly type?: string
  readonly key?: string
  readonly count: number
  readonly offset?: number
  readonly shape: number[]
  readonly stride: number[]
  /** Streams have a sixth entry in the persistent id. */
  readonly stream?: boolean
}

/** A tensor as torch.save pickles it. */
export const tensor = (options: TensorOptions): Code => {
  const { type = 'FloatStorage', key = '0', count, offset = 0, shape, stride, stream = false } = options
  const id = tuple(
    text('storage'),
    global('torch', type),
    text(key),
    text('cpu'),
    int(count),
    ...(stream ? [none] : []),
  )
  return call(
    global('torch._utils', '_rebuild_tensor_v2'),
    join(id, ascii('Q')),
    int(offset),
    tuple(...shape.map(int)),
    tuple(...stride.map(int)),
    bytes(0x89),
    call(global('collections', 'OrderedDict')),
  )
}
