import type { Gpu } from '../../gpu/gpu.ts'
import type { Tuning } from '../../gpu/tuning.ts'
import { ACTIVATIONS, type ActivationName } from './activation.ts'

/** Operations by name, and the module of shaders/ that has the function which carries it out. */
export const OPERATIONS = {
  linear: 'atomwise/linear',
  'layer norm': 'atomwise/layer_norm',
  'layer norm adjoint': 'atomwise/layer_norm_adjoint',
  update: 'et/update',
  'update adjoint': 'et/update_adjoint',
  'norm concat': 'et/norm_concat',
  'norm concat adjoint': 'et/norm_concat_adjoint',
  gate: 'et/gate',
  'gate adjoint': 'et/gate_adjoint',
  'irreps norm': 'irreps/irreps_norm',
  'irreps norm adjoint': 'irreps/irreps_norm_adjoint',
  'irreps gate': 'irreps/irreps_gate',
  'irreps gate adjoint': 'irreps/irreps_gate_adjoint',
  'irreps activate': 'irreps/irreps_activate',
  'irreps activate adjoint': 'irreps/irreps_activate_adjoint',
} as const
export type OperationName = keyof typeof OPERATIONS

/** Modules that stand in for those above where a workgroup has a list to carry out, and lanes to spare. */
const IN_LISTS: Partial<Record<OperationName, string>> = { linear: 'atomwise/split_linear' }

/** Operations that sum over an atom's channels: with one lane an atom they need no barrier. */
const SUMMING: readonly OperationName[] = [
  'layer norm',
  'layer norm adjoint',
  'irreps norm',
  'irreps norm adjoint',
]

/** Buffers that one list of operations can reach, besides weights. */
const ROOMS = 4
/** Bytes of Operation in shaders/atomwise/operation.wgsl. */
export const OPERATION_BYTES = 128
const MOST_OPERANDS = 6
/** Operations of one list: each is code of its own, and compilers take longer than in proportion. */
export const MOST_OPERATIONS = 16
const NONE = 0xffffffff
const FLAGS = { activate: 1, derivative: 2, add: 4, centre: 8, plus: 16 } as const

/** How rows of an atom lie in a buffer; all in floats, multiples of 4. */
export interface Rows {
  readonly atomStride: number
  readonly partStride: number
  readonly base: number
}

/** One row per atom, `stride` floats apart, starting at `base`. */
export const scalarRows = (stride: number, base = 0): Rows => ({ atomStride: stride, partStride: 0, base })

/** Rows of `width` floats one after the other, `stride` floats from atom to atom, starting at `base`. */
export const partRows = (width: number, stride: number, base = 0): Rows => ({
  atomStride: stride,
  partStride: width,
  base,
})

/** A tensor with rows for each atom: a buffer or a part of one, and how its rows lie. */
export interface Operand {
  readonly tensor: GPUBufferBinding
  readonly rows: Rows
}

/** What happens to each atom alone; see the operation's own file in shaders/ for its operands. */
export interface Operation {
  readonly name: OperationName
  readonly operands: readonly Operand[]
  /** rows per atom: 1 for scalars, 3 for vectors, 2l + 1 for the components of an irrep */
  readonly parts?: number
  /** floats in a row, multiples of 4 */
  readonly inputs?: number
  readonly outputs: number
  /** channels among a row's floats, where the operation has to know them from padding */
  readonly channels?: number
  readonly activation?: ActivationName
  readonly flags?: readonly (keyof typeof FLAGS)[]
  readonly weights?: GPUBufferBinding | null
  readonly bias?: GPUBufferBinding | null
}

/** Operations on atoms that follow each other and can be one dispatch. */
export class OperationList {
  private readonly operations: Operation[] = []
  private readonly rooms: Span[] = []
  private weights: Span | null = null

  get length(): number {
    return this.operations.length
  }

  /** What it is made of, as the name of a kernel. */
  get name(): string {
    return this.operations.map(({ name }) => name.replaceAll(' ', '_')).join('+')
  }

  /**
   * The module that calls the operations in their order. Lists of the same operations with the same flags have the same
   * text, whatever their sizes.
   */
  get source(): string {
    const moduleOf = ({ name }: Operation) => (this.length > 1 && IN_LISTS[name]) || OPERATIONS[name]
    const modules = [...new Set(this.operations.map(moduleOf))]
    const functionOf = (module: string) => module.slice(module.lastIndexOf('/') + 1)
    return [
      'import package::atomwise::operation::{NONE, Operation, Share, operations, system};',
      ...modules.map((module) => `import package::${module.replaceAll('/', '::')}::${functionOf(module)};`),
      'import constants::{ATOMS, WORKGROUP};',
      '',
      '@compute @workgroup_size(WORKGROUP)',
      'fn main(',
      '  @builtin(local_invocation_index) lane: u32,',
      '  @builtin(workgroup_id) group: vec3u,',
      '  @builtin(num_workgroups) groups: vec3u,',
      ') {',
      '  let first = min((group.x + group.y * groups.x) * ATOMS, system.atoms);',
      '  let share = Share(first, min(ATOMS, system.atoms - first), lane);',
      ...this.operations.flatMap((operation, k) => [
        ...(k > 0 ? ['  storageBarrier();'] : []),
        `  ${functionOf(moduleOf(operation))}(${this.literal(operation, `operations[${k}]`)}, share);`,
      ]),
      '}',
      '',
    ].join('\n')
  }

  /** Lanes of a workgroup, and the atoms it carries the list out for. */
  size({ lists, single }: Tuning): { WORKGROUP: number; ATOMS: number } {
    const { lanes, atoms } = this.length > 1 && lists ? lists : single
    const sums = this.length === 1 && SUMMING.includes(this.operations[0].name)
    return { WORKGROUP: lanes, ATOMS: sums ? lanes : atoms }
  }

  /** The operation as WGSL: what decides which code runs as literals, the rest from `place`. */
  private literal({ operands, bias, ...rest }: Operation, place: string): string {
    const rows = Array.from({ length: MOST_OPERANDS }, (_, k) =>
      k < operands.length ? `vec4u(${this.roomOf(operands[k].tensor)}u, ${place}.rows[${k}].yzw)` : 'vec4u()',
    )
    const words = [
      ...[`${place}.parts`, `${place}.inputs4`, `${place}.outputs4`],
      ...[`${flagsOf(rest)}u`, `${activationOf(rest)}u`],
      ...[`${place}.weights`, bias ? `${place}.bias` : 'NONE', `${place}.channels`],
      `array<vec4u, ${MOST_OPERANDS}>(${rows.join(', ')})`,
    ]
    return `Operation(${words.join(', ')})`
  }

  /** Adds the operation, if the buffers that the list then needs can be bound at once; says whether it has. */
  add(operation: Operation): boolean {
    const { operands, weights, bias } = operation
    const buffers = new Set(
      [...this.rooms, ...operands.map(({ tensor }) => tensor)].map(({ buffer }) => buffer),
    )
    const parameters = [weights, bias].filter((tensor) => tensor != null)
    const elsewhere = parameters.some(({ buffer }) => this.weights && buffer !== this.weights.buffer)
    if (buffers.size > ROOMS || elsewhere || this.length === MOST_OPERATIONS) return false
    for (const { tensor } of operands) {
      const room = this.rooms.findIndex(({ buffer }) => buffer === tensor.buffer)
      if (room < 0) this.rooms.push(spanOf(tensor))
      else this.rooms[room] = joined(this.rooms[room], spanOf(tensor))
    }
    for (const tensor of parameters)
      this.weights = this.weights ? joined(this.weights, spanOf(tensor)) : spanOf(tensor)
    this.operations.push(operation)
    return true
  }

  /** What shaders/atomwise/operation.wgsl binds: of each buffer what the list has to do with. */
  bindings(gpu: Gpu): Record<string, GPUBufferBinding> & { operations: { buffer: GPUBuffer } } {
    const { STORAGE, UNIFORM, COPY_DST } = GPUBufferUsage
    const range = ({ buffer, first, end }: Span) => ({ buffer, offset: first, size: end - first })
    return {
      operations: { buffer: gpu.bufferFrom('operations', this.pack(), STORAGE | UNIFORM | COPY_DST) },
      ...(this.weights && { weights: range(this.weights) }),
      ...Object.fromEntries(this.rooms.map((room, k) => [`room${k}`, range(room)])),
    }
  }

  /** What it is linked with. */
  options(tuning: Tuning) {
    const size = this.size(tuning)
    const rooms = [1, 2, 3].map((k) => [`ROOM${k}`, k < this.rooms.length])
    return {
      constants: { ...size, OPERATIONS: this.length },
      conditions: {
        LIST: this.length > 1,
        SHARED: size.WORKGROUP > size.ATOMS,
        ...Object.fromEntries(rooms),
      },
    }
  }

  private roomOf({ buffer }: GPUBufferBinding): number {
    return this.rooms.findIndex((room) => room.buffer === buffer)
  }

  private pack(): Uint32Array {
    const words = OPERATION_BYTES / 4
    const data = new Uint32Array(words * this.operations.length)
    this.operations.forEach(({ name, operands, parts = 1, inputs = 0, outputs, ...rest }, k) => {
      if (operands.length > MOST_OPERANDS) throw new Error(`${name} has too many operands.`)
      const first = (tensor: GPUBufferBinding | null | undefined) =>
        tensor ? vec4s((tensor.offset ?? 0) - this.weights!.first, 16) : NONE
      data.set(
        [
          ...[parts, vec4s(inputs), vec4s(outputs), flagsOf(rest), activationOf(rest)],
          ...[first(rest.weights), first(rest.bias), rest.channels ?? 0],
          ...operands.flatMap(({ tensor, rows }) => {
            const room = this.roomOf(tensor)
            const place = vec4s((tensor.offset ?? 0) - this.rooms[room].first, 16)
            return [room, place + vec4s(rows.base), vec4s(rows.atomStride), vec4s(rows.partStride)]
          }),
        ],
        k * words,
      )
    })
    return data
  }
}

/** A part of a buffer: bytes from `first` to before `end`. */
interface Span {
  readonly buffer: GPUBuffer
  readonly first: number
  readonly end: number
}

const spanOf = ({ buffer, offset = 0, size = buffer.size - offset }: GPUBufferBinding): Span => ({
  ...{ buffer, first: offset, end: offset + size },
})

const joined = ({ buffer, first, end }: Span, other: Span): Span => ({
  ...{ buffer, first: Math.min(first, other.first), end: Math.max(end, other.end) },
})

const flagsOf = ({ flags = [] }: Pick<Operation, 'flags'>): number =>
  flags.reduce((sum, flag) => sum | FLAGS[flag], 0)

const activationOf = ({ activation }: Pick<Operation, 'activation'>): number =>
  activation ? ACTIVATIONS[activation] : 0

function vec4s(count: number, per = 4): number {
  if (count % per !== 0) throw new Error(`${count} is no multiple of ${per}.`)
  return count / per
}
