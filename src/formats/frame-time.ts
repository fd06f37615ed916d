import type { Structure } from '../chemistry/structure.ts'

/**
 * fs of a frame by the entries of its comment line, or null: `time_fs` is Tumble's own, `Time` GPUMD's, which counts in
 * fs as well. LAMMPS, which writes `Timestep` beside it, counts in units of its own that no file tells.
 */
export const timeOf = (info: Structure['info']): number | null => {
  const time = info?.get('time_fs') ?? (info?.has('Timestep') ? undefined : info?.get('Time'))
  const value = Number(time || 'none')
  return Number.isFinite(value) ? value : null
}
