// Exclusive prefix sum of one number per atom, by one workgroup.
//
//   counts [atoms] → row_starts [atoms + 1]
//
//   EDGES        status.edges = the total. If that exceeds the capacity, or the candidates did not fit, the list is left
//                empty, and status.overflow says how many edges are needed (1 where candidates are): the integrator then
//                stands still until the host has grown the buffers (src/neighbors/neighbor-list.ts).
//   CANDIDATES   likewise, in status.candidates; the list is up to date if and only if it fits.
//   otherwise    bins of atoms, which always fit.
// All but EDGES has work only while the candidates are being made anew.

import package::common::system::System;
import package::neighbors::grid::Grid;
import package::neighbors::status::Status;
import constants::{WORKGROUP};

struct Capacity {
  edges: u32,
  candidates: u32,
}

@group(0) @binding(0) var<uniform> system: System;
@if(EDGES || CANDIDATES) @group(0) @binding(1) var<uniform> capacity: Capacity;
@group(0) @binding(2) var<storage, read> counts: array<u32>;
@group(0) @binding(3) var<storage, read_write> row_starts: array<u32>;
@if(EDGES || CANDIDATES) @group(0) @binding(4) var<storage, read_write> status: Status;
@if(!EDGES) @group(0) @binding(5) var<storage, read> grid: Grid;

var<workgroup> sums: array<u32, WORKGROUP>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) lane: u32) {
  @if(!EDGES) { if grid.building == 0u { return; } }
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
  var fits = true;
  @if(EDGES) { fits = total <= capacity.edges && status.candidates == 0u; }
  @if(CANDIDATES) { fits = total <= capacity.candidates; }
  var start = sums[lane] - own;
  for (var i = first; i < last; i++) {
    row_starts[i] = select(0u, start, fits);
    start += counts[i];
  }
  if lane == 0u {
    row_starts[system.atoms] = select(0u, total, fits);
    @if(EDGES) {
      status.edges = select(0u, total, fits);
      if !fits { status.overflow = max(status.overflow, select(total, 1u, status.candidates != 0u)); }
      // Between the kernel that finds faults and the next that moves atoms, so that each sees one state throughout.
      if atomicLoad(&status.fault) != 0u { status.halted = 1u; }
    }
    @if(CANDIDATES) {
      status.candidates = select(total, 0u, fits);
      atomicStore(&status.stale, select(1u, 0u, fits));
    }
  }
}
