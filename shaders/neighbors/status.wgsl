/// What the GPU has to tell the host about a run. Written by kernels, read back with the observables.
struct Status {
  /// edges in the current list, self edges included
  edges: u32,
  /// 0, or the edges that were needed when the list did not fit; nothing moves while it is set
  overflow: u32,
  /// 0, or 2³² − 1 − the first atom with a force that is no number or a step that is too long (so that atomicMax
  /// finds the first)
  fault: atomic<u32>,
  /// 1 once a fault was seen; nothing moves while it is set
  halted: u32,
  /// completed steps
  step: u32,
  /// candidate pairs that were needed when their list did not fit
  candidates: u32,
  /// nonzero asks for a new list of candidates: the cell has changed, or the host has moved atoms
  stale: atomic<u32>,
}
