/**
 * Tumble as a library.
 *
 * ```ts
 * const gpu = await Gpu.request()
 * const field = loadForceField(await readCheckpoint(bytes, 'model.ckpt'))
 * const [atoms] = await readStructures(bytes, 'aspirin.sdf')
 * const simulation = await Simulation.create(gpu, atoms, field, {
 *   timestep: 0.5,
 *   thermostat: { kind: 'langevin', temperature: 300, friction: 1 },
 * })
 * for await (const report of simulation.run({ steps: 10_000, every: 100 }))
 *   console.log(report.potentialEnergy, report.temperature)
 * ```
 *
 * Energies are in eV, lengths in Å, forces in eV/Å, times in fs, temperatures in K, masses in u.
 */
export { MeanSquareDisplacement } from './analysis/displacement.ts'
export { type NormalModes, normalModes } from './analysis/normal-modes.ts'
export { RadialDistribution } from './analysis/radial-distribution.ts'
export { Shape } from './analysis/shape.ts'
export type { Source } from './analysis/source.ts'
export { vibrationalSpectrum } from './analysis/spectrum.ts'
export { VelocityCorrelation } from './analysis/velocity-correlation.ts'
export type { NormalMode } from './analysis/vibrations.ts'
export type { Cell, Periodicity, Structure } from './chemistry/structure.ts'
export { checkStructure } from './chemistry/validate.ts'
export { Minimizer, type MinimizerOptions, type MinimizerReport } from './dynamics/minimizer.ts'
export { Simulation } from './dynamics/simulation.ts'
export type { Report, SimulationOptions, Snapshot, Thermostat } from './dynamics/types.ts'
export type { Observer } from './dynamics/watchers.ts'
export { InputError } from './errors.ts'
export type { Checkpoint, Tensor } from './formats/checkpoint.ts'
export { readCheckpoint, readStructures, readXyz, writeSafetensors, writeXyz } from './formats/index.ts'
export { Gpu } from './gpu/gpu.ts'
export { type Evaluation, evaluate } from './models/evaluate.ts'
export type { EnergyUnit, ForceField, ModelCard } from './models/force-field.ts'
export { loadForceField } from './models/registry.ts'
