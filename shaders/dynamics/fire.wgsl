/// A FIRE minimisation between its steps. Time is counted as for atoms of mass 1 (ASE's convention), in Å/√eV.
/// Field by field as FIRE in src/dynamics/minimizer.ts.
struct Fire {
  timestep: f32,
  /// α: how much velocities turn toward the forces
  mixing: f32,
  /// steps downhill since the last one uphill
  downhill: u32,
  /// 1 from a move until its forces were looked at
  moved: u32,
  /// 1 once forces (and stress) are small enough; nothing moves any more
  converged: u32,
  /// What the next move does: x ← x − back v, v ← keep v + push F, x ← x + timestep v
  back: f32,
  keep: f32,
  push: f32,
  /// The cell moves like an atom: velocity and force of √N strain (Å), xx, yy, zz, yz, xz, xy
  cell_velocity: array<f32, 6>,
  cell_force: array<f32, 6>,
  /// eV, without reference energies
  energy: f32,
  /// eV/Å, the largest force on an atom that may move, and which
  force: f32,
  atom: u32,
  /// dE/dstrain in eV, symmetric part: xx, yy, zz, yz, xz, xy
  virial: array<f32, 6>,
  /// Å, rows
  cell: array<f32, 9>,
}

/// Uniform; packed by src/dynamics/minimizer.ts.
struct FireSettings {
  /// eV/Å
  fmax: f32,
  /// Å: no atom moves further in one step
  furthest: f32,
  /// eV/Å³
  pressure: f32,
  /// one of the constants below
  cell: u32,
}

const CELL_STAYS = 0u;
const CELL_ISOTROPIC = 1u;
