// Decides whether the atoms show a new frame: samples += 1 unless the run stands still (its list was too small, or a
// fault was seen) or is still at the step that was taken last. One invocation.
//
//   frame    what the observable's other kernels ask
//   status   of the run; without STATUS every dispatch is a new frame

import package::analysis::frame::Frame;
@if(STATUS) import package::neighbors::status::Status;

@group(0) @binding(0) var<storage, read_write> frame: Frame;
@if(STATUS) @group(0) @binding(1) var<storage, read_write> status: Status;

@compute @workgroup_size(1)
fn main() {
  var fresh = true;
  @if(STATUS) {
    fresh = status.overflow == 0u && status.halted == 0u && atomicLoad(&status.fault) == 0u
      && (frame.samples == 0u || frame.step != status.step);
    if fresh { frame.step = status.step; }
  }
  frame.fresh = select(0u, 1u, fresh);
  if fresh { frame.samples += 1u; }
}
