/// eV/Å per u, in Å/fs²
const ACCELERATION = 0.009648533212331;

const NO_THERMOSTAT = 0u;
const LANGEVIN = 1u;
const BUSSI = 2u;
const NOSE_HOOVER = 3u;

/// Conditions of a run; a uniform of every integrator kernel. src/dynamics/run-settings.ts packs it.
struct Run {
  /// fs
  timestep: f32,
  /// Langevin: what remains of a velocity after one step, exp(−friction · timestep); 1 without
  keep: f32,
  /// Langevin: √(1 − keep²)
  stir: f32,
  /// Å: an atom that would move further in one step is a fault
  furthest: f32,
  /// kB T in eV at the beginning and at the end of a temperature ramp
  thermal_from: f32,
  thermal_to: f32,
  /// step at which the ramp begins, and how many it takes; 0: `thermal_to` at once
  ramp_start: u32,
  ramp_steps: u32,
  seed: vec2u,
  /// one of the constants above
  thermostat: u32,
  /// degrees of freedom that share the kinetic energy
  freedom: f32,
  /// fs: relaxation time of a global thermostat
  relaxation: f32,
  /// Global thermostat: exp(−timestep / relaxation)
  memory: f32,
  /// eV/Å³
  pressure: f32,
  /// compressibility / relaxation time of the barostat, in Å³/(eV fs)
  mobility: f32,
  /// steps between changes of the cell; 0 keeps it
  barostat_interval: u32,
  /// 1: each Cartesian axis for itself; 0: all alike
  anisotropic: u32,
}

/// kB T in eV that the thermostat aims at after a number of steps.
fn thermal_energy(run: Run, step: u32) -> f32 {
  if run.ramp_steps == 0u || step >= run.ramp_start + run.ramp_steps { return run.thermal_to; }
  if step <= run.ramp_start { return run.thermal_from; }
  return mix(run.thermal_from, run.thermal_to, f32(step - run.ramp_start) / f32(run.ramp_steps));
}

/// The same for one replica: `own` where it has a temperature of its own, and is 0 where it has none.
fn thermal_of(own: f32, run: Run, step: u32) -> f32 {
  if own > 0.0 { return own; }
  return thermal_energy(run, step);
}
