/**
 * A restricted unpickler: Python's pickle machine, protocols 0 to 5, in which nothing can be executed.
 *
 * Opcodes as in CPython's Lib/pickletools.py. Names are looked up in `pickle-globals.ts`; any other name ends the
 * reading. Tensors come back as references to their storages, which are read when somebody asks for them.
 */

import { InputError } from '../errors.ts'
import { PickleBytes } from './pickle-bytes.ts'
import { lookUp } from './pickle-globals.ts'
import {
  Global,
  Namespace,
  NumpyArray,
  NumpyDtype,
  Opaque,
  type PyValue,
  TensorRef,
  Work,
} from './python-values.ts'

export interface PickleOptions {
  /** File name, for messages. */
  readonly source: string
  /** Where the pickle starts; 0 if left out. */
  readonly offset?: number
  /** Meaning of a persistent id (a tensor's storage, in PyTorch's files); refused if left out. */
  readonly persistent?: (id: PyValue, work: Work) => PyValue
}

export interface Unpickled {
  readonly value: PyValue
  /** Offset of the byte after the pickle. */
  readonly end: number
}

/**
 * Reads one pickle.
 * @throws InputError for a name outside the allow-list, data that end too early, contradict themselves, or ask for
 * more work than a checkpoint needs.
 */
export const unpickle = (bytes: Uint8Array, options: PickleOptions): Unpickled => {
  const input = new PickleBytes(bytes, options.source, options.offset ?? 0)
  const machine = new Machine(input, new Work(options.source), options.persistent)
  for (;;) {
    machine.work.spend(1)
    const code = input.u8()
    if (code === STOP) return { value: machine.pop(), end: input.position }
    const run = opcodes.get(code)
    if (!run) throw machine.work.malformed(`its pickled data hold the unknown opcode 0x${code.toString(16)}`)
    run(machine, input)
  }
}

class Machine {
  private stack: PyValue[] = []
  /** Stacks that marks have put aside. */
  private readonly below: PyValue[][] = []
  private readonly memo = new Map<number, PyValue>()

  constructor(
    readonly input: PickleBytes,
    readonly work: Work,
    private readonly persistent: PickleOptions['persistent'],
  ) {}

  push(value: PyValue): void {
    this.stack.push(value)
  }

  pop(): PyValue {
    if (this.stack.length === 0) throw this.work.malformed('its pickled data take a value that is not there')
    return this.stack.pop() as PyValue
  }

  top(): PyValue {
    const value = this.pop()
    this.stack.push(value)
    return value
  }

  mark(): void {
    this.below.push(this.stack)
    this.stack = []
  }

  /** Values since the last mark. */
  popMark(): PyValue[] {
    const items = this.stack
    const below = this.below.pop()
    if (!below) throw this.work.malformed('its pickled data lack a mark')
    this.stack = below
    return items
  }

  popMany(count: number): PyValue[] {
    const items: PyValue[] = []
    for (let i = 0; i < count; i++) items.unshift(this.pop())
    return items
  }

  remember(slot: number): void {
    this.memo.set(slot, this.top())
  }

  memoize(): void {
    this.remember(this.memo.size)
  }

  recall(slot: number): void {
    const value = this.memo.get(slot)
    if (value === undefined) throw this.work.malformed('its pickled data refer to a value that is not there')
    this.push(value)
  }

  append(items: readonly PyValue[]): void {
    const list = this.top()
    if (list instanceof Opaque) return
    if (!Array.isArray(list))
      throw this.work.malformed('its pickled data append to something else than a list')
    for (const item of items) list.push(item)
  }

  setItems(target: PyValue, items: readonly PyValue[]): void {
    if (items.length % 2 !== 0)
      throw this.work.malformed('a dictionary in its pickled data has a key without a value')
    // What a class known by name alone holds is not kept.
    if (target instanceof Opaque) return
    if (!(target instanceof Map))
      throw this.work.malformed('its pickled data set items of something else than a dictionary')
    for (let i = 0; i < items.length; i += 2) target.set(items[i], items[i + 1])
  }

  /** Finds a name; the only way to a constructor. */
  global(module: string, name: string): Global {
    const found = lookUp(module, name)
    if (found) return found
    const full = `${module}.${name}`.replace(/[^\x20-\x7e]/g, '?')
    throw new InputError(
      `${this.input.source} asks for the constructor ${full.length > 80 ? `${full.slice(0, 80)}…` : full}, beyond tensors and plain data, so reading stopped and nothing was executed; save the model's state_dict and hyper_parameters alone.`,
    )
  }

  call(callable: PyValue, args: PyValue): void {
    if (callable instanceof Opaque) {
      this.push(callable)
      return
    }
    if (!(callable instanceof Global) || !Array.isArray(args)) {
      throw this.work.malformed('its pickled data call something else than a constructor')
    }
    this.push(callable.construct(args, this.work))
  }

  /** BUILD gives an object its state: only namespaces and numpy's objects have one that is data. */
  build(): void {
    const state = this.pop()
    const target = this.top()
    if (target instanceof Namespace && state instanceof Map) {
      this.work.spend(state.size)
      for (const [key, value] of state) target.set(key, value)
    } else if (target instanceof NumpyArray && Array.isArray(state)) {
      target.state = state
    } else if (target instanceof NumpyDtype && Array.isArray(state)) {
      if (typeof state[1] === 'string') target.order = state[1]
    } else if (!(target instanceof Map || target instanceof Opaque || target instanceof TensorRef)) {
      throw this.work.malformed('its pickled data give a state to something that has none')
    }
  }

  persistentId(): void {
    const id = this.pop()
    if (!this.persistent) throw this.work.malformed('its pickled data refer to something outside themselves')
    this.push(this.persistent(id, this.work))
  }

  /** Names on the stack, as STACK_GLOBAL has them. */
  stackGlobal(): void {
    const [module, name] = this.popMany(2)
    if (typeof module !== 'string' || typeof name !== 'string')
      throw this.work.malformed('a name in its pickled data is not text')
    this.push(this.global(module, name))
  }
}

type Run = (machine: Machine, input: PickleBytes) => void

const STOP = 0x2e

const nothing: Run = () => {}

/** Numbers, text and bytes. */
const scalars: readonly (readonly [code: number, name: string, run: Run])[] = [
  [0x4e, 'NONE', (m) => m.push(null)],
  [0x88, 'NEWTRUE', (m) => m.push(true)],
  [0x89, 'NEWFALSE', (m) => m.push(false)],
  [0x49, 'INT', (m, input) => m.push(intLine(input))],
  [0x4c, 'LONG', (m, input) => m.push(input.decimal())],
  [0x46, 'FLOAT', (m, input) => m.push(input.float())],
  [0x4a, 'BININT', (m, input) => m.push(input.i32())],
  [0x4b, 'BININT1', (m, input) => m.push(input.u8())],
  [0x4d, 'BININT2', (m, input) => m.push(input.u16())],
  [0x8a, 'LONG1', (m, input) => m.push(input.long(input.u8()))],
  [0x8b, 'LONG4', (m, input) => m.push(input.long(input.u32()))],
  [0x47, 'BINFLOAT', (m, input) => m.push(input.f64())],
  [0x53, 'STRING', (m, input) => m.push(input.quotedLine())],
  [0x56, 'UNICODE', (m, input) => m.push(input.unicodeLine())],
  [0x54, 'BINSTRING', (m, input) => m.push(input.text(input.u32()))],
  [0x55, 'SHORT_BINSTRING', (m, input) => m.push(input.text(input.u8()))],
  [0x58, 'BINUNICODE', (m, input) => m.push(input.text(input.u32()))],
  [0x8c, 'SHORT_BINUNICODE', (m, input) => m.push(input.text(input.u8()))],
  [0x8d, 'BINUNICODE8', (m, input) => m.push(input.text(input.u64()))],
  [0x42, 'BINBYTES', (m, input) => m.push(input.blob(input.u32()))],
  [0x43, 'SHORT_BINBYTES', (m, input) => m.push(input.blob(input.u8()))],
  [0x8e, 'BINBYTES8', (m, input) => m.push(input.blob(input.u64()))],
  [0x96, 'BYTEARRAY8', (m, input) => m.push(input.blob(input.u64()))],
]

const containers: typeof scalars = [
  [0x5d, 'EMPTY_LIST', (m) => m.push([])],
  [0x29, 'EMPTY_TUPLE', (m) => m.push([])],
  [0x8f, 'EMPTY_SET', (m) => m.push([])],
  [0x7d, 'EMPTY_DICT', (m) => m.push(new Map())],
  [0x6c, 'LIST', (m) => m.push(m.popMark())],
  [0x74, 'TUPLE', (m) => m.push(m.popMark())],
  [0x91, 'FROZENSET', (m) => m.push(m.popMark())],
  [0x85, 'TUPLE1', (m) => m.push(m.popMany(1))],
  [0x86, 'TUPLE2', (m) => m.push(m.popMany(2))],
  [0x87, 'TUPLE3', (m) => m.push(m.popMany(3))],
  [0x61, 'APPEND', (m) => m.append(m.popMany(1))],
  [0x65, 'APPENDS', (m) => m.append(m.popMark())],
  [0x90, 'ADDITEMS', (m) => m.append(m.popMark())],
  [
    0x64,
    'DICT',
    (m) => {
      const items = m.popMark()
      const dictionary = new Map<PyValue, PyValue>()
      m.setItems(dictionary, items)
      m.push(dictionary)
    },
  ],
  [
    0x73,
    'SETITEM',
    (m) => {
      const items = m.popMany(2)
      m.setItems(m.top(), items)
    },
  ],
  [
    0x75,
    'SETITEMS',
    (m) => {
      const items = m.popMark()
      m.setItems(m.top(), items)
    },
  ],
]

const stackAndMemo: typeof scalars = [
  [0x80, 'PROTO', (m, input) => checkProtocol(input.u8(), m.work)],
  [0x95, 'FRAME', (_, input) => input.skip(8)],
  [0x28, 'MARK', (m) => m.mark()],
  [0x30, 'POP', (m) => m.pop()],
  [0x31, 'POP_MARK', (m) => m.popMark()],
  [0x32, 'DUP', (m) => m.push(m.top())],
  [0x70, 'PUT', (m, input) => m.remember(Number(input.decimal()))],
  [0x71, 'BINPUT', (m, input) => m.remember(input.u8())],
  [0x72, 'LONG_BINPUT', (m, input) => m.remember(input.u32())],
  [0x94, 'MEMOIZE', (m) => m.memoize()],
  [0x67, 'GET', (m, input) => m.recall(Number(input.decimal()))],
  [0x68, 'BINGET', (m, input) => m.recall(input.u8())],
  [0x6a, 'LONG_BINGET', (m, input) => m.recall(input.u32())],
  [0x98, 'READONLY_BUFFER', nothing],
]

const objects: typeof scalars = [
  [0x63, 'GLOBAL', (m, input) => m.push(m.global(input.line(), input.line()))],
  [0x93, 'STACK_GLOBAL', (m) => m.stackGlobal()],
  [0x62, 'BUILD', (m) => m.build()],
  [0x51, 'BINPERSID', (m) => m.persistentId()],
  [
    0x52,
    'REDUCE',
    (m) => {
      const [callable, args] = m.popMany(2)
      m.call(callable, args)
    },
  ],
  [
    0x81,
    'NEWOBJ',
    (m) => {
      const [type, args] = m.popMany(2)
      m.call(type, args)
    },
  ],
  [
    0x92,
    'NEWOBJ_EX',
    (m) => {
      const [type, args] = m.popMany(3)
      m.call(type, args)
    },
  ],
  [
    0x6f,
    'OBJ',
    (m) => {
      const [type, ...args] = m.popMark()
      m.call(type, args)
    },
  ],
  [
    0x69,
    'INST',
    (m, input) => {
      const type = m.global(input.line(), input.line())
      m.call(type, m.popMark())
    },
  ],
]

const opcodes: ReadonlyMap<number, Run> = new Map(
  [...scalars, ...containers, ...stackAndMemo, ...objects].map(([code, , run]) => [code, run]),
)

/** Protocols 0 and 1 write True and False as the integers 01 and 00. */
const intLine = (input: PickleBytes): PyValue => {
  const start = input.position
  const text = input.line()
  if (text === '01') return true
  if (text === '00') return false
  input.position = start
  return input.decimal()
}

const checkProtocol = (protocol: number, work: Work): void => {
  if (protocol > 5) throw work.malformed(`its pickled data are of the unknown protocol ${protocol}`)
}
