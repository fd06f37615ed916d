// Pairs within cutoff and skin, from the bins around each atom. An atom is a candidate of itself too.
// Two runs over the same loop: COUNT writes how many there are, otherwise they are written and each row is sorted by
// source and image, so that the list of edges made from it depends on the positions of the moment alone. COUNT looks
// MARGIN further: compilers may round the two runs' distances differently, and a row must have room for all that is
// found. Places left over are filled with NO_SOURCE.
//
//   sorted_atoms, sorted_positions, sorted_homes [atoms]  bin by bin     bin_starts [atoms + 1]
//   COUNT:  counts [atoms]      otherwise: candidate_starts [atoms + 1], candidates [capacity]
//   SHARED       one workgroup per atom: its lanes share the bins and their atoms, and sort the row together
//   otherwise    one invocation per atom
// In the order of the bins: neighbours in space run side by side.

@if(SHARED && !COUNT) import package::common::bitonic::bitonic_pair;
import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::edge::{Cell, image_code, shifted};
@if(COUNT) import package::neighbors::grid::{Grid, Home, bin_index, bin_place};
@if(!COUNT) import package::neighbors::grid::{Candidate, Grid, Home, NO_SOURCE, bin_index, bin_place};
import constants::{WORKGROUP, REACH};
@if(SHARED && !COUNT) import constants::ROOM;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> cells: array<Cell>;
@group(0) @binding(2) var<storage, read> grid: Grid;
@group(0) @binding(3) var<storage, read> sorted_atoms: array<u32>;
@group(0) @binding(4) var<storage, read> sorted_positions: array<vec4f>;
@group(0) @binding(5) var<storage, read> sorted_homes: array<Home>;
@group(0) @binding(6) var<storage, read> bin_starts: array<u32>;
@if(COUNT) @group(0) @binding(7) var<storage, read_write> counts: array<u32>;
@if(!COUNT) @group(0) @binding(7) var<storage, read> candidate_starts: array<u32>;
@if(!COUNT) @group(0) @binding(8) var<storage, read_write> candidates: array<Candidate>;

/// Å: above what rounding does to distances between coordinates of some thousand Å.
@if(COUNT) const MARGIN: f32 = 2e-3;
@if(!COUNT) const MARGIN: f32 = 0.0;

/// Lanes of one atom, and how many of them share a bin: where bins hold few atoms, more bins are looked at together.
@if(SHARED) const LANES = u32(WORKGROUP);
@if(SHARED) const TEAM = 8u;
@if(!SHARED) const LANES = 1u;
@if(!SHARED) const TEAM = 1u;

/// Candidates that all lanes have found so far.
@if(SHARED) var<workgroup> taken: atomic<u32>;
@if(SHARED && !COUNT) var<workgroup> all: u32;
@if(SHARED && !COUNT) var<workgroup> row: array<Candidate, ROOM>;

@if(!COUNT)
fn precedes(a: Candidate, b: Candidate) -> bool {
  return a.source < b.source || (a.source == b.source && a.image < b.image);
}

/// Shellsort (Ciura's gaps): short, in place, and near enough to linear for some hundred entries.
@if(!COUNT && !SHARED)
fn sort_row(first: u32, length: u32, lane: u32) {
  let end = first + length;
  var gaps = array<u32, 8>(701u, 301u, 132u, 57u, 23u, 10u, 4u, 1u);
  for (var g = 0u; g < 8u; g++) {
    let gap = gaps[g];
    for (var k = first + gap; k < end; k++) {
      let own = candidates[k];
      var at = k;
      while at >= first + gap && precedes(own, candidates[at - gap]) {
        candidates[at] = candidates[at - gap];
        at -= gap;
      }
      candidates[at] = own;
    }
  }
}

/// A row while it is being made: of any length, but the first ROOM entries are at hand.
@if(!COUNT && SHARED)
fn entry(first: u32, k: u32) -> Candidate {
  if k < ROOM { return row[k]; }
  return candidates[first + k];
}

@if(!COUNT && !SHARED)
fn put(first: u32, k: u32, candidate: Candidate) { candidates[first + k] = candidate; }

@if(!COUNT && SHARED)
fn put(first: u32, k: u32, candidate: Candidate) {
  if k < ROOM { row[k] = candidate; } else { candidates[first + k] = candidate; }
}

/// The same number in all lanes, and known to be.
@if(!COUNT && SHARED)
fn all_found(lane: u32) -> u32 {
  workgroupBarrier();
  if lane == 0u { all = atomicLoad(&taken); }
  return workgroupUniformLoad(&all);
}

@if(!COUNT && SHARED)
fn barrier(length: u32) {
  workgroupBarrier();
  if length > ROOM { storageBarrier(); }
}

@if(!COUNT && SHARED)
fn sort_row(first: u32, length: u32, lane: u32) {
  barrier(length);
  for (var run = 2u; run < 2u * length; run *= 2u) {
    for (var half = run / 2u; half > 0u; half /= 2u) {
      for (var k = lane; ; k += LANES) {
        let pair = bitonic_pair(k, run, half);
        if pair.x >= length { break; }
        if pair.y >= length { continue; }
        let a = entry(first, pair.x);
        let b = entry(first, pair.y);
        if precedes(b, a) {
          put(first, pair.x, b);
          put(first, pair.y, a);
        }
      }
      barrier(length);
    }
  }
  for (var k = lane; k < min(length, ROOM); k += LANES) { candidates[first + k] = row[k]; }
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) thread: u32,
  @builtin(num_workgroups) groups: vec3u,
) {
  @if(SHARED) let lane = thread;
  @if(SHARED) let place = flat_index(group, groups, 1u);
  @if(!SHARED) let lane = 0u;
  @if(!SHARED) let place = flat_index(group, groups, 1u) * WORKGROUP + thread;
  if place >= system.atoms || grid.building == 0u { return; }
  let i = sorted_atoms[place];
  let here = sorted_positions[place].xyz;
  let home = sorted_homes[place];
  let dims = vec3i(grid.dims);
  let lowest = vec3i(bin_place(home.bin, grid.dims)) - grid.reach;
  let cell = cells[0];
  var repeats = vec3i(0);
  for (var k = 0u; k < 3u; k++) { repeats[k] = select(0, 1, cell.rows[k].w > 0.0); }

  var found = 0u;
  @if(!COUNT) let first = candidate_starts[i];
  @if(!COUNT) let room = candidate_starts[i + 1u] - first;
  let around = vec3u(2 * grid.reach + vec3i(1));
  let bins = around.x * around.y * around.z;
  for (var n = lane / TEAM; n < bins; n += LANES / TEAM) {
    let at = lowest + vec3i(bin_place(n, around));
    // Whole cells between the bin and its image; beyond the end of an axis that does not repeat there is nothing.
    let inside = (at % dims + dims) % dims;
    let whole = (at - inside) / dims;
    if any(whole * (vec3i(1) - repeats) != vec3i(0)) { continue; }
    let bin = bin_index(vec3u(inside), grid.dims);
    let end = bin_starts[bin + 1u];
    for (var k = bin_starts[bin] + lane % TEAM; k < end; k += TEAM) {
      let shift = home.wraps - sorted_homes[k].wraps + whole;
      let v = shifted(sorted_positions[k].xyz - here, cell, shift);
      if dot(v, v) < (REACH + MARGIN) * (REACH + MARGIN) {
        @if(!COUNT) {
          @if(SHARED) { found = atomicAdd(&taken, 1u); }
          if found < room { put(first, found, Candidate(sorted_atoms[k], image_code(shift))); }
        }
        found += 1u;
      }
    }
  }
  @if(COUNT && SHARED) {
    atomicAdd(&taken, found);
    workgroupBarrier();
    if lane == 0u { counts[i] = atomicLoad(&taken); }
  }
  @if(COUNT && !SHARED) { counts[i] = found; }
  @if(!COUNT) {
    @if(SHARED) { found = all_found(lane); }
    let length = min(found, room);
    sort_row(first, length, lane);
    for (var k = length + lane; k < room; k += LANES) { candidates[first + k] = Candidate(NO_SOURCE, 0u); }
  }
}
