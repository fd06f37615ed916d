/** Physical constants in eV, Å, fs, u (CODATA 2018). */

/** Acceleration in Å/fs² of 1 u under 1 eV/Å. */
const ACCELERATION = 9.648533212331e-3
/** cm/fs */
export const SPEED_OF_LIGHT = 2.99792458e-5
/** Planck's constant times the speed of light: eV of 1 cm⁻¹. */
export const EV_PER_WAVENUMBER = 1.2398419843320026e-4

/**
 * Wavenumber in cm⁻¹ of a harmonic motion ω = √(k/μ).
 * @param curvature k/μ in eV/Å²/u; a negative one, of a motion that runs away, gives a negative wavenumber
 */
export const wavenumberOf = (curvature: number): number =>
  (Math.sign(curvature) * Math.sqrt(Math.abs(curvature) * ACCELERATION)) / (2 * Math.PI * SPEED_OF_LIGHT)
