/** What the reader and the writer of .dcd files agree on. */

/** CHARMM's unit of time in fs: √(u Å² / (kcal/mol)), CODATA 2018. */
export const AKMA = 48.88821291

/** Bytes of the header's first record: 'CORD' and 20 integers. */
export const HEADER = 84

/** Places among the header's 20 integers. */
export const integers = {
  /** Number of frames; 0 or wrong in files whose program was stopped. */
  frames: 0,
  firstStep: 1,
  /** Steps from frame to frame. */
  interval: 2,
  /** Steps of the whole run. */
  steps: 3,
  fixedAtoms: 8,
  /** Time of a step in AKMA units: float32; X-PLOR's float64 takes this place and the next. */
  timestep: 9,
  hasCell: 10,
  hasFourthDimension: 11,
  /** 0 in X-PLOR's files, which have neither cell nor fourth dimension. */
  version: 19,
} as const
