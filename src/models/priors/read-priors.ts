/**
 * Priors of a TorchMD-NET checkpoint: terms of known form that are added to the network's output.
 * SPEC section 8.4.
 */
import { InputError } from '../../errors.ts'
import type { Plain, Tensor } from '../../formats/checkpoint.ts'
import { isDictionary, type PlainDictionary } from '../../formats/plain.ts'
import { float64Of, type Prior, requireTensor } from '../et/parameters.ts'

/** A dictionary of plain data with text keys. */
interface NamedPrior {
  readonly name: string
  readonly args: PlainDictionary
}

/**
 * All priors in upstream's order, with `tensors` in HEAD's names (`prior_model.{k}.…`).
 * @throws InputError for an unknown prior, a missing argument or tensor.
 */
export function readPriors(
  source: string,
  hyperparameters: PlainDictionary,
  tensors: ReadonlyMap<string, Tensor>,
  maxZ: number,
): Prior[] {
  const named = priorNames(source, hyperparameters.prior_model)
  const args = priorArguments(source, named, hyperparameters.prior_args)
  return named.map(({ name }, k) => readPrior(source, name, args[k], `prior_model.${k}`, tensors, maxZ))
}

/** `prior_model` in any of its forms: null, a name, a dictionary {name: args}, a list of these. */
function priorNames(source: string, value: Plain | undefined): NamedPrior[] {
  if (value === undefined || value === null || value === '') return []
  if (typeof value === 'string') return [{ name: value, args: {} }]
  if (Array.isArray(value)) return value.flatMap((entry: Plain) => priorNames(source, entry))
  if (isDictionary(value)) {
    return Object.entries(value).map(([name, args]) => ({ name, args: isDictionary(args) ? args : {} }))
  }
  throw new InputError(`${source}: prior_model is neither a name nor a list nor a dictionary of priors.`)
}

/** Where training wrote `prior_args`, they replace the arguments given inside `prior_model`. */
function priorArguments(
  source: string,
  named: readonly NamedPrior[],
  value: Plain | undefined,
): PlainDictionary[] {
  if (value === undefined || value === null || named.length === 0) return named.map(({ args }) => args)
  const list: readonly Plain[] = Array.isArray(value) ? value : [value]
  if (list.length !== named.length) {
    throw new InputError(
      `${source}: prior_args has ${list.length} entries for ${named.length} priors; there must be one for each.`,
    )
  }
  return list.map((entry) => (isDictionary(entry) ? entry : {}))
}

function readPrior(
  source: string,
  name: string,
  args: PlainDictionary,
  at: string,
  tensors: ReadonlyMap<string, Tensor>,
  maxZ: number,
): Prior {
  const table = (key: string, shape: readonly (number | null)[]): Float64Array =>
    float64Of(requireTensor(source, tensors, `${at}.${key}`, shape))
  const number = (key: string): number => {
    const value = args[key]
    if (typeof value === 'number' && Number.isFinite(value)) return value
    throw new InputError(`${source}: the ${name} prior lacks a number for ${key} in prior_args.`)
  }
  const scales = () => ({ distanceScale: number('distance_scale'), energyScale: number('energy_scale') })
  switch (name) {
    case 'Atomref':
    case 'LearnableAtomref':
      return { kind: 'Atomref', energies: table('atomref.weight', [maxZ, 1]), enabled: args.enable !== false }
    case 'ZBL':
      return {
        kind: 'ZBL',
        atomicNumbers: table('atomic_number', [null]),
        cutoffDistance: number('cutoff_distance'),
        ...scales(),
      }
    case 'D2':
      return {
        kind: 'D2',
        rowOfType: table('Z_map', [null]),
        c6: table('C_6', [null]),
        vdwRadius: table('R_r', [null]),
        cutoffDistance: number('cutoff_distance'),
        ...scales(),
      }
    case 'Coulomb':
      return {
        kind: 'Coulomb',
        lowerSwitchDistance: number('lower_switch_distance'),
        upperSwitchDistance: number('upper_switch_distance'),
        ...scales(),
      }
    default:
      throw new InputError(
        `${source}: the prior ${name} is not supported; supported are Atomref, LearnableAtomref, ZBL, D2 and Coulomb.`,
      )
  }
}
