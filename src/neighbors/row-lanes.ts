import type { Gpu } from '../gpu/gpu.ts'
import { cover, type Workgroups } from '../gpu/kernel.ts'

const WORKGROUP = 64

/** How kernels that make a row for each atom are compiled and dispatched. */
export interface RowLanes {
  readonly constants: { readonly WORKGROUP: number }
  /** SHARED: lanes of a workgroup share one atom; otherwise each has one to itself. */
  readonly conditions: { readonly SHARED: boolean }
  readonly workgroups: Workgroups
}

export function rowLanes(gpu: Gpu, atoms: number): RowLanes {
  const { rowLanes: lanes } = gpu.tuningFor(atoms)
  const SHARED = lanes > 1
  return {
    constants: { WORKGROUP: SHARED ? lanes : WORKGROUP },
    conditions: { SHARED },
    workgroups: cover(atoms, SHARED ? 1 : WORKGROUP),
  }
}
