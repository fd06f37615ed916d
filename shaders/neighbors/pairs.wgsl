// Neighbours of every atom by brute force over the atoms of its molecule and all periodic images within the cutoff.
// Two runs over the same loop: COUNT writes how many edges each atom has, otherwise the edges are written.
//
// Cost grows with atoms²; the list is exact (no skin), so an edge is present if and only if lower ≤ r < upper.
// Every quantity of j → i is bitwise the mirror of i → j: differences and their products only change sign.
//
//   positions [atoms]  xyz in Å           molecules [atoms]  molecule of an atom
//   starts [molecules + 1]  first atom    cells [molecules]
//   COUNT:  counts [atoms]                otherwise: row_starts [atoms + 1], edges [capacity]

import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::edge::{Cell, Edge, image_code, image_reach, shifted, wrapped};
import constants::{WORKGROUP, CUTOFF_LOWER, CUTOFF_UPPER};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> positions: array<vec4f>;
@group(0) @binding(2) var<storage, read> molecules: array<u32>;
@group(0) @binding(3) var<storage, read> starts: array<u32>;
@group(0) @binding(4) var<storage, read> cells: array<Cell>;
@if(COUNT) @group(0) @binding(5) var<storage, read_write> counts: array<u32>;
@if(!COUNT) @group(0) @binding(5) var<storage, read> row_starts: array<u32>;
@if(!COUNT) @group(0) @binding(6) var<storage, read_write> edges: array<Edge>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms { return; }
  let molecule = molecules[i];
  let cell = cells[molecule];
  let here = positions[i].xyz;
  let reach = image_reach(cell, CUTOFF_UPPER);

  @if(COUNT) var found = 0u;
  @if(!COUNT) var slot = row_starts[i];
  @if(!COUNT) let end = row_starts[i + 1u];
  for (var j = starts[molecule]; j < starts[molecule + 1u]; j++) {
    let d = wrapped(positions[j].xyz - here, cell);
    for (var a = -reach.x; a <= reach.x; a++) {
      for (var b = -reach.y; b <= reach.y; b++) {
        for (var c = -reach.z; c <= reach.z; c++) {
          let v = shifted(d, cell, vec3i(a, b, c));
          let own = j == i && a == 0 && b == 0 && c == 0;
          let r = sqrt(dot(v, v));
          if own || (r < CUTOFF_UPPER && r >= CUTOFF_LOWER) {
            @if(COUNT) { found += 1u; }
            @if(!COUNT) {
              if slot < end {
                edges[slot] = Edge(select(v / max(r, 1e-20), vec3f(0.0), own), select(r, 0.0, own), j, i, slot, image_code(vec3i(a, b, c)));
              }
              slot += 1u;
            }
          }
        }
      }
    }
  }
  @if(COUNT) { counts[i] = found; }
}
