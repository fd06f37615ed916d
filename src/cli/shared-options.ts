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
  state: {
    type: 'string',
    value: 'NAME=VALUE,…',
    help: "what its file leaves open, in upstream's words: num_heads=4, task_mean=-406757.6, task_std=3.9, max_radius=5, …",
  },
} as const satisfies OptionTable

export const jsonOption = {
  type: 'boolean',
  help: 'print JSON on stdout and nothing else there',
} as const satisfies Option
