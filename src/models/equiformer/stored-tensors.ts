import { InputError } from '../../errors.ts'
import type { Checkpoint, Tensor } from '../../formats/checkpoint.ts'
import { float64Of } from '../et/parameters.ts'

const shapeText = (shape: readonly number[]): string => `[${shape.join(', ')}]`

/** What upstream's modules register as buffers. */
const BUFFER = /\.output_mask$|\._w3j_\d+_\d+_\d+$|^rbf\.(means|betas)$/

/**
 * The tensors of a checkpoint by upstream's names, and which of them have found their place: what nobody takes belongs to
 * another network, and then the numbers would be wrong without a word.
 */
export class StoredTensors {
  readonly source: string
  private readonly tensors: ReadonlyMap<string, Tensor>
  private readonly taken = new Set<string>()

  constructor({ source, tensors }: Checkpoint) {
    this.source = source
    // Training on several GPUs wraps the model, twice in OC20's program.
    this.tensors = new Map([...tensors].map(([name, tensor]) => [name.replace(/^(module\.)+/, ''), tensor]))
  }

  get names(): IterableIterator<string> {
    return this.tensors.keys()
  }

  has(name: string): boolean {
    return this.tensors.has(name)
  }

  /** Does a tensor's name begin so? */
  hasBelow(start: string): boolean {
    for (const name of this.tensors.keys()) if (name.startsWith(start)) return true
    return false
  }

  /**
   * Shape of a tensor that the network's sizes are told by.
   * @throws InputError if it is missing.
   */
  shape(name: string): readonly number[] {
    return this.require(name).shape
  }

  /** Number of elements of such a tensor. */
  size(name: string): number {
    return this.require(name).data.length
  }

  /**
   * Values of a tensor, row-major, which has found its place.
   * @throws InputError if it is missing, has another shape, or contains numbers that are not finite.
   */
  take(name: string, shape: readonly number[]): Float64Array {
    const tensor = this.require(name, shape)
    const fits = tensor.shape.length === shape.length && shape.every((n, k) => n === tensor.shape[k])
    if (!fits) {
      throw new InputError(
        `${this.source}: the tensor ${name} has shape ${shapeText(tensor.shape)}, but beside the network's other tensors it should have ${shapeText(shape)}.`,
      )
    }
    const values = float64Of(tensor)
    if (!values.every(Number.isFinite)) {
      throw new InputError(
        `${this.source}: the tensor ${name} contains numbers that are not finite; the training failed.`,
      )
    }
    this.taken.add(name)
    return values
  }

  /**
   * Values of a tensor that only tell something; it has not found its place by that.
   * @throws InputError if it is missing.
   */
  peek(name: string): Float64Array {
    return float64Of(this.require(name))
  }

  /** Names of tensors that nobody has taken. */
  rest(): string[] {
    return [...this.tensors.keys()].filter((name) => !this.taken.has(name))
  }

  /** Numbers in parameters, as torch counts them: buffers are none. */
  parameters(): number {
    let count = 0
    for (const [name, { data }] of this.tensors) if (!BUFFER.test(name)) count += data.length
    return count
  }

  private require(name: string, shape?: readonly number[]): Tensor {
    const tensor = this.tensors.get(name)
    if (tensor) return tensor
    const expected = shape ? ` of shape ${shapeText(shape)}` : ''
    throw new InputError(
      `${this.source}: the tensor ${name}${expected} is missing; save the whole state_dict of an Equiformer.`,
    )
  }
}
