/** A trained model as a file holds it: named tensors and plain hyperparameters, nothing executable. */

export type TensorData =
  | Float64Array
  | Float32Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array
  | BigInt64Array

/** A dense, row-major, contiguous tensor. Half and bfloat16 are widened to Float32Array while reading. */
export interface Tensor {
  /** Upstream's name of the stored type: float64, float32, float16, bfloat16, int64, int32, int16, int8, uint8, bool. */
  readonly dtype: string
  /** Empty for a scalar. */
  readonly shape: readonly number[]
  readonly data: TensorData
}

/** Plain data out of a pickle or JSON. Dictionaries become Maps only where a key is not text. */
export type Plain =
  | null
  | boolean
  | number
  | string
  | bigint
  | Uint8Array
  | readonly Plain[]
  | { readonly [key: string]: Plain }
  | ReadonlyMap<Plain, Plain>
  | Tensor
  | OpaqueObject

/** An object whose class we know by name only. It is never constructed. */
export interface OpaqueObject {
  readonly opaque: string
}

export interface Checkpoint {
  /** File name, for messages. */
  readonly source: string
  readonly container: 'torch-zip' | 'torch-legacy' | 'safetensors'
  /** Model parameters by their stored names (an optimizer's tensors are not among them). */
  readonly tensors: ReadonlyMap<string, Tensor>
  /** `hyper_parameters` of a Lightning checkpoint, or of a safetensors file's metadata; null if there are none. */
  readonly hyperparameters: { readonly [key: string]: Plain } | null
  /** Everything else at top level that is plain (epoch, versions, units, elements, licence …). */
  readonly metadata: { readonly [key: string]: Plain }
}
