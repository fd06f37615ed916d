// Row starts of the edge list: exclusive prefix sum of the counts, by one workgroup.
//
//   counts [atoms] → row_starts [atoms + 1];  status.edges = the total
//
// If the total exceeds the capacity, the list is left empty and status.overflow says how many edges are needed:
// the integrator then stands still until the host has grown the buffers (src/neighbors/neighbor-list.ts).

import package::common::system::System;
import package::neighbors::status::Status;
import constants::{WORKGROUP};

struct Capacity {
  edges: u32,
}

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<uniform> capacity: Capacity;
@group(0) @binding(2) var<storage, read> counts: array<u32>;
@group(0) @binding(3) var<storage, read_write> row_starts: array<u32>;
@group(0) @binding(4) var<storage, read_write> status: Status;

var<workgroup> sums: array<u32, WORKGROUP>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) lane: u32) {
  // Each lane owns a contiguous chunk.
  let chunk = (system.atoms + WORKGROUP - 1u) / WORKGROUP;
  let first = min(lane * chunk, system.atoms);
  let last = min(first + chunk, system.atoms);
  var own = 0u;
  for (var i = first; i < last; i++) { own += counts[i]; }
  sums[lane] = own;
  workgroupBarrier();
  for (var step = 1u; step < WORKGROUP; step *= 2u) {
    var left = 0u;
    if lane >= step { left = sums[lane - step]; }
    workgroupBarrier();
    sums[lane] += left;
    workgroupBarrier();
  }

  let total = sums[WORKGROUP - 1u];
  let fits = total <= capacity.edges;
  var start = sums[lane] - own;
  for (var i = first; i < last; i++) {
    row_starts[i] = select(0u, start, fits);
    start += counts[i];
  }
  if lane == 0u {
    row_starts[system.atoms] = select(0u, total, fits);
    status.edges = select(0u, total, fits);
    if !fits { status.overflow = max(status.overflow, total); }
    // Between the kernel that finds faults and the next that moves atoms, so that each sees one state throughout.
    if atomicLoad(&status.fault) != 0u { status.halted = 1u; }
  }
}
