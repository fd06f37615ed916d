/// What acts on all atoms of one replica at once, from one step to the next: global thermostat, barostat, and their
/// accounts; and the account of the hand. A single simulation is one replica.
/// src/dynamics/integrator.ts knows its size.
struct Control {
  /// log strain of each Cartesian axis that the next step applies; 0 where the cell stays
  strain: vec3f,
  /// factor that the next step applies to all velocities; 1 where nothing acts on them
  scale: f32,
  /// velocities of the Nosé–Hoover chain in 1/fs; its first thermostat acts on the atoms
  chain: vec3f,
  /// eV: heat that `scale` will bring
  pending_heat: f32,
  /// strain of the last change of the cell, until its work is counted
  applied: vec3f,
  /// eV: −½ Σ P_kk V strain_k before that change
  half_work: f32,
  /// eV received so far from global thermostats and from the barostat, each with what rounding has lost (Kahan)
  heat: f32,
  heat_lost: f32,
  work: f32,
  work_lost: f32,
  /// kB T in eV that the thermostat of this replica aims at; 0 where that is the run's
  thermal: f32,
  /// eV received so far from the hand that pulls an atom, with what rounding has lost
  hand: f32,
  hand_lost: f32,
  /// whom the hand pulled in the last step, and where to: `pulled_atom` and `pull` of External
  pulled_atom: u32,
  pull: vec4f,
}

/// (sum, lost) + term, compensated.
fn accumulate(sum: vec2f, term: f32) -> vec2f {
  let add = term + sum.y;
  let total = sum.x + add;
  return vec2f(total, add - (total - sum.x));
}
