/** Physical constants in eV, Å, fs, u (CODATA 2018). */

/** eV/K */
export const BOLTZMANN = 8.617333262e-5
/** Acceleration in Å/fs² of 1 u under 1 eV/Å. */
export const ACCELERATION = 9.648533212331e-3
/** eV/Å³ */
export const BAR = 6.241509074e-7
/** cm/fs */
export const SPEED_OF_LIGHT = 2.99792458e-5
/** Planck's constant times the speed of light: eV of 1 cm⁻¹. */
export const EV_PER_WAVENUMBER = 1.2398419843320026e-4
