// What the viewer's kernels know of the scene they look at.

struct Scene {
  atoms: u32,
  /// first row of this call's slice of atoms
  first: u32,
  /// drawn radius of an atom = van der Waals radius · ball_scale + ball_base, Å
  ball_scale: f32,
  ball_base: f32,
  /// columns a, b, c in Å; a direction that does not repeat has a zero row in `inverse`
  cell: mat3x3f,
  inverse: mat3x3f,
  /// the middle of the cell, Å as positions are
  home: vec3f,
}

/// The shortest periodic image of a separation. Exact below half the cell's smallest height; bonds are far below.
fn nearest_image(scene_cell: mat3x3f, inverse: mat3x3f, separation: vec3f) -> vec3f {
  return separation - scene_cell * round(inverse * separation);
}
