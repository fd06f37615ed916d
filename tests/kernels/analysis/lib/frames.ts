import type { Source } from '../../../../src/analysis/source.ts'
import type { Cell, Structure } from '../../../../src/chemistry/structure.ts'
import type { Gpu } from '../../../../src/gpu/gpu.ts'
import type { Dispatch } from '../../../../src/gpu/kernel.ts'
import { AtomBuffers } from '../../../../src/neighbors/atom-buffers.ts'
import { STATUS_FIELDS } from '../../../../src/neighbors/status.ts'
import { floats } from '../../lib/compare.ts'

export const elements = [1, 8, 6]

/** Atoms of three elements scattered evenly in a cube of the given half edge in Å. */
export function scattered(
  atoms: number,
  half: number,
  cell: Cell | null = null,
  periodic: Structure['periodic'] = [cell !== null, cell !== null, cell !== null],
): Structure {
  return {
    name: `${atoms} atoms`,
    atomicNumbers: Uint8Array.from({ length: atoms }, (_, i) => elements[i % 3]),
    positions: floats(`positions ${atoms}`, 3 * atoms, half),
    cell,
    periodic,
  }
}

/** Atoms and velocities on the GPU, without a run: frames are uploaded by hand. */
export class Upload {
  readonly atoms: AtomBuffers
  readonly velocities: GPUBuffer
  readonly status: GPUBuffer

  constructor(
    readonly gpu: Gpu,
    readonly structure: Structure,
  ) {
    this.atoms = new AtomBuffers(gpu, [structure], Uint32Array.from(structure.atomicNumbers))
    this.velocities = gpu.buffer('velocities', 16 * this.atoms.atoms)
    this.status = gpu.buffer('status', 4 * STATUS_FIELDS.length)
  }

  get source(): Source {
    return { atoms: this.atoms, velocities: this.velocities }
  }

  /** @param velocities [atoms × 3] Å/fs */
  frame(positions: Float64Array, velocities: Float64Array, cell = this.structure.cell): void {
    const structure = { ...this.structure, positions, cell }
    this.atoms.uploadPositions([structure])
    this.atoms.uploadCells([structure])
    const data = new Float32Array(4 * this.atoms.atoms)
    for (let i = 0; i < this.atoms.atoms; i++) data.set([...velocities.subarray(3 * i, 3 * i + 3), 1], 4 * i)
    this.gpu.upload(this.velocities, data)
  }

  /** What the run says of itself. */
  say(fields: Partial<Record<(typeof STATUS_FIELDS)[number], number>>): void {
    this.gpu.upload(
      this.status,
      Uint32Array.from(STATUS_FIELDS, (name) => fields[name] ?? 0),
    )
  }

  take({ dispatches }: { readonly dispatches: readonly Dispatch[] }): void {
    this.gpu.submit('frame', dispatches)
  }

  destroy(): void {
    this.atoms.destroy()
    this.velocities.destroy()
    this.status.destroy()
  }
}
