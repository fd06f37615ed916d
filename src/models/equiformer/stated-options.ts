import type { Checkpoint, Plain } from '../../formats/checkpoint.ts'
import { isDictionary, type PlainDictionary } from '../../formats/plain.ts'
import type { EquiformerOptions } from './parameters.ts'

/**
 * What a file says of itself in upstream's words, where it does: MD17's and QM9's programs write nothing, OC20's its `config`,
 * and a .safetensors file may have `hyper_parameters` in its metadata. Values of unexpected types are as good as none.
 */
export function optionsInFile({ hyperparameters, metadata }: Checkpoint): EquiformerOptions {
  const config = isDictionary(metadata.config) ? metadata.config : {}
  // OC20's program keeps the model's in `model_attributes`, its later versions in `model`.
  const places = [hyperparameters, config.model_attributes, config.model, config].filter(
    (place): place is PlainDictionary => place !== null && isDictionary(place),
  )
  const first = (key: string): Plain | undefined =>
    places.map((place) => place[key]).find((value) => value !== undefined && value !== null)
  const number = (key: string): number | undefined => {
    const value = first(key)
    return typeof value === 'number' ? value : undefined
  }
  const text = (key: string): string | undefined => {
    const value = first(key)
    return typeof value === 'string' ? value : undefined
  }
  return {
    cutoff: number('max_radius'),
    heads: number('num_heads'),
    irrepsNodeEmbedding: text('irreps_node_embedding'),
    irrepsHead: text('irreps_head'),
    irrepsMlpMid: text('irreps_mlp_mid'),
    irrepsFeature: text('irreps_feature'),
    mean: number('task_mean'),
    std: number('task_std'),
  }
}

/** The user's word where there is one, otherwise the file's. */
export const withOptionsInFile = (checkpoint: Checkpoint, options: EquiformerOptions): EquiformerOptions => {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return { ...optionsInFile(checkpoint), ...Object.fromEntries(given) }
}
