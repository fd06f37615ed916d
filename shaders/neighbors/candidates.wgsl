// Pairs within cutoff and skin, from the bins around each atom. An atom is a candidate of itself too.
// Two runs over the same loop: COUNT writes how many there are, otherwise they are written and each row is sorted by
// source and image, so that the list of edges made from it depends on the positions of the moment alone. COUNT looks
// MARGIN further: compilers may round the two runs' distances differently, and a row must have room for all that is
// found. Places left over are filled with NO_SOURCE.
//
//   order, sorted_positions, sorted_homes [atoms]  bin by bin     bin_starts [atoms + 1]
//   COUNT:  counts [atoms]      otherwise: candidate_starts [atoms + 1], candidates [capacity]
// One invocation per atom, in the order of the bins: neighbours in space run side by side.

import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::edge::{Cell, image_code, shifted};
@if(COUNT) import package::neighbors::grid::{Grid, Home, bin_index, bin_place};
@if(!COUNT) import package::neighbors::grid::{Candidate, Grid, Home, NO_SOURCE, bin_index, bin_place};
import constants::{WORKGROUP, REACH};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> cells: array<Cell>;
@group(0) @binding(2) var<storage, read> grid: Grid;
@group(0) @binding(3) var<storage, read> order: array<u32>;
@group(0) @binding(4) var<storage, read> sorted_positions: array<vec4f>;
@group(0) @binding(5) var<storage, read> sorted_homes: array<Home>;
@group(0) @binding(6) var<storage, read> bin_starts: array<u32>;
@if(COUNT) @group(0) @binding(7) var<storage, read_write> counts: array<u32>;
@if(!COUNT) @group(0) @binding(7) var<storage, read> candidate_starts: array<u32>;
@if(!COUNT) @group(0) @binding(8) var<storage, read_write> candidates: array<Candidate>;

/// Å: above what rounding does to distances between coordinates of some thousand Å.
@if(COUNT) const MARGIN: f32 = 2e-3;
@if(!COUNT) const MARGIN: f32 = 0.0;

@if(!COUNT)
fn precedes(a: Candidate, b: Candidate) -> bool {
  return a.source < b.source || (a.source == b.source && a.image < b.image);
}

/// Shellsort (Ciura's gaps): short, in place, and near enough to linear for some hundred entries.
@if(!COUNT)
fn sort_row(first: u32, end: u32) {
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

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let place = flat_index(id, groups, WORKGROUP);
  if place >= system.atoms || grid.building == 0u { return; }
  let i = order[place];
  let here = sorted_positions[place].xyz;
  let home = sorted_homes[place];
  let dims = vec3i(grid.dims);
  let center = vec3i(bin_place(home.bin, grid.dims));
  let cell = cells[0];
  var repeats = vec3i(0);
  for (var k = 0u; k < 3u; k++) { repeats[k] = select(0, 1, cell.rows[k].w > 0.0); }

  @if(COUNT) var found = 0u;
  @if(!COUNT) let first = candidate_starts[i];
  @if(!COUNT) let end = candidate_starts[i + 1u];
  @if(!COUNT) var slot = first;
  for (var x = center.x - grid.reach.x; x <= center.x + grid.reach.x; x++) {
    for (var y = center.y - grid.reach.y; y <= center.y + grid.reach.y; y++) {
      for (var z = center.z - grid.reach.z; z <= center.z + grid.reach.z; z++) {
        let at = vec3i(x, y, z);
        // Whole cells between the bin and its image; beyond the end of an axis that does not repeat there is nothing.
        let inside = (at % dims + dims) % dims;
        let whole = (at - inside) / dims;
        if any(whole * (vec3i(1) - repeats) != vec3i(0)) { continue; }
        let bin = bin_index(vec3u(inside), grid.dims);
        for (var k = bin_starts[bin]; k < bin_starts[bin + 1u]; k++) {
          let shift = home.wraps - sorted_homes[k].wraps + whole;
          let v = shifted(sorted_positions[k].xyz - here, cell, shift);
          if dot(v, v) < (REACH + MARGIN) * (REACH + MARGIN) {
            @if(COUNT) { found += 1u; }
            @if(!COUNT) {
              if slot < end { candidates[slot] = Candidate(order[k], image_code(shift)); }
              slot += 1u;
            }
          }
        }
      }
    }
  }
  @if(COUNT) { counts[i] = found; }
  @if(!COUNT) {
    for (var k = slot; k < end; k++) { candidates[k] = Candidate(NO_SOURCE, 0u); }
    sort_row(first, min(slot, end));
  }
}
