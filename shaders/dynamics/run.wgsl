/// eV/Å per u, in Å/fs²
const ACCELERATION = 0.009648533212331;

/// Conditions of a run; a uniform of every integrator kernel. src/dynamics/run-settings.ts packs it.
struct Run {
  /// fs
  timestep: f32,
  /// what remains of a velocity after the thermostat, exp(−friction · timestep); 1 without
  keep: f32,
  /// √(1 − keep²) · √(kB T) in √(u) Å/fs; 0 without thermostat
  kick: f32,
  /// Å: an atom that would move further in one step is a fault
  furthest: f32,
  seed: vec2u,
}
