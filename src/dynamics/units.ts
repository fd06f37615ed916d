/** Physical constants in eV, Å, fs, u (CODATA 2018). */

/** eV/K */
export const BOLTZMANN = 8.617333262e-5
/** Acceleration in Å/fs² of 1 u under 1 eV/Å. */
export const ACCELERATION = 9.648533212331e-3
/** eV/Å³ */
export const BAR = 6.241509074e-7
