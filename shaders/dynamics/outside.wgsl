/// What acts on atoms from outside; a uniform. src/dynamics/external-forces.ts packs it.
struct External {
  /// xyz in Å, w k in eV/Å²; 0 where there is none
  pull: vec4f,
  /// xyz in Å, w radius
  wall: vec4f,
  /// eV/Å²; 0 without a wall
  wall_stiffness: f32,
  pulled_atom: u32,
}

/// (force, energy) of a spring
fn spring(away: vec3f, stiffness: f32) -> vec4f {
  return vec4f(-stiffness * away, 0.5 * stiffness * dot(away, away));
}
