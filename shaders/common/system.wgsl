/// Sizes that change with the molecule; the one uniform every kernel may read.
struct System {
  atoms: u32,
  molecules: u32,
}
