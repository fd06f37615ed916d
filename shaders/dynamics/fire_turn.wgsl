// After fire_move.wgsl: the cell's velocity takes its own step, which every atom has read by now, and the move is on
// record. One invocation.

import package::dynamics::fire::Fire;
import package::neighbors::status::Status;

@group(0) @binding(0) var<storage, read_write> status: Status;
@group(0) @binding(1) var<storage, read_write> fire: Fire;

@compute @workgroup_size(1)
fn main() {
  if status.overflow != 0u || status.halted != 0u || fire.converged != 0u { return; }
  for (var k = 0u; k < 6u; k++) {
    fire.cell_velocity[k] = fire.keep * fire.cell_velocity[k] + fire.push * fire.cell_force[k];
  }
  fire.moved = 1u;
}
