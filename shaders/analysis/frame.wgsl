/// Which frames of a run an observable has seen.
struct Frame {
  /// 1 while the dispatches behind `begin` have a new frame before them, 0 while they must leave everything as it is
  fresh: u32,
  /// frames taken, the present one included
  samples: u32,
  /// the run's step at the last frame taken
  step: u32,
}
