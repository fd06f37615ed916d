/// Field by field as OBSERVABLES in src/dynamics/observables.ts.
struct Observables {
  /// eV, without reference energies
  potential: f32,
  /// eV
  kinetic: f32,
  /// eV received from the thermostats and from the barostat
  heat: f32,
  work: f32,
  /// eV received from the hand that pulls an atom
  hand: f32,
  /// u Å/fs
  momentum: array<f32, 3>,
  /// Σ m v⊗v in eV: xx, yy, zz, yz, xz, xy
  motion: array<f32, 6>,
  /// dE/dstrain in eV, symmetric part: xx, yy, zz, yz, xz, xy
  virial: array<f32, 6>,
  /// Å, rows
  cell: array<f32, 9>,
  /// the atom with the most kinetic energy, counted over all replicas
  hottest: u32,
  edges: u32,
  overflow: u32,
  fault: u32,
  step: u32,
}
