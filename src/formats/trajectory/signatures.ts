/** How the files of trajectories without elements begin. */

import { viewOf } from './bytes.ts'
import { HEADER } from './dcd-layout.ts'

/** A record of 84 bytes, in either byte order, that begins with CORD (positions) or VELD (velocities). */
export const isDcd = (bytes: Uint8Array): boolean => {
  if (bytes.length < 8) return false
  const view = viewOf(bytes)
  const magic = new TextDecoder('latin1').decode(bytes.subarray(4, 8))
  return (
    (view.getInt32(0, true) === HEADER || view.getInt32(0, false) === HEADER) && /^(CORD|VELD)$/.test(magic)
  )
}

/** The magic numbers of GROMACS, then the number of atoms. */
export const isXtc = (bytes: Uint8Array): boolean =>
  bytes.length >= 8 && [1995, 2023].includes(viewOf(bytes).getInt32(0)) && viewOf(bytes).getInt32(4) > 0
