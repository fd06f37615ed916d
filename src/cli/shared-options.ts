import type { Option, OptionTable } from './arguments.ts'

/** Options of every command that loads a force field. */
export const modelOptions = {
  model: {
    type: 'string',
    value: 'CHECKPOINT',
    help: 'force field: .ckpt, .pt, .pth or .safetensors (default: the bundled et-gfn2-small)',
  },
  'energy-unit': {
    type: 'string',
    value: 'UNIT',
    help: "eV, kcal/mol, kJ/mol or hartree: the model's own unit, where its file does not tell",
  },
} as const satisfies OptionTable

export const jsonOption = {
  type: 'boolean',
  help: 'print JSON on stdout and nothing else there',
} as const satisfies Option
