/// What a property head knows of one molecule after its first pass.
struct Totals {
  /// the molecule's output in xyz (dipole: its length in x)
  output: vec4f,
  /// xyz centre of mass in Å, w total mass in u
  centre: vec4f,
  /// dipole: xyz unit vector along it, w Σ weight e;  extent: xyz Σ 2 weight e (pos − c)
  slope: vec4f,
}
