// Neighbours of every atom: edges j → i with lower ≤ r < upper, and each atom's edge to itself. Two runs:
// the first writes how many edges each atom has, the second the edges. Both are one and the same compiled kernel, told
// apart by a uniform: two kernels might round a distance next to the cutoff differently and disagree about an edge.
//
//   CANDIDATES   out of the pairs that candidates.wgsl has found within cutoff and skin; of one molecule
//   otherwise    by brute force over the atoms of its molecule and all periodic images within the cutoff
//
// Both name an image by its total shift S and compute pos_j − pos_i + S · rows, in rows sorted by source and S. Every
// quantity of j → i is bitwise the mirror of i → j: differences and their products only change sign.
//
//   positions [atoms]  xyz in Å           molecules [atoms]  molecule of an atom
//   starts [molecules + 1]  first atom    cells [molecules]
//   candidate_starts [atoms + 1], candidates
//   run  0: counts [atoms] are written    1: edges [capacity] are, where row_starts [atoms + 1] has room for them
// One invocation per atom.

import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::edge::{Cell, Edge, image_code, image_of, image_reach, nearest_shift, shifted};
import package::neighbors::grid::{Candidate, NO_SOURCE};
import constants::{WORKGROUP, CUTOFF_LOWER, CUTOFF_UPPER};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> positions: array<vec4f>;
@if(!CANDIDATES) @group(0) @binding(2) var<storage, read> molecules: array<u32>;
@if(!CANDIDATES) @group(0) @binding(3) var<storage, read> starts: array<u32>;
@if(CANDIDATES) @group(0) @binding(2) var<storage, read> candidate_starts: array<u32>;
@if(CANDIDATES) @group(0) @binding(3) var<storage, read> candidates: array<Candidate>;
@group(0) @binding(4) var<storage, read> cells: array<Cell>;
@group(0) @binding(5) var<storage, read_write> counts: array<u32>;
@group(0) @binding(6) var<storage, read> row_starts: array<u32>;
@group(0) @binding(7) var<storage, read_write> edges: array<Edge>;
@group(0) @binding(8) var<uniform> run: Run;

struct Run {
  /// 0: count, 1: write
  writing: u32,
}

/// Whether a separation makes an edge; exactly 0 for an atom's edge to itself.
fn is_edge(r: f32, own: bool) -> bool { return own || (r < CUTOFF_UPPER && r >= CUTOFF_LOWER); }

fn write_edge(slot: u32, v: vec3f, r: f32, source: u32, receiver: u32, image: u32, own: bool) {
  edges[slot] = Edge(select(v / max(r, 1e-20), vec3f(0.0), own), select(r, 0.0, own), source, receiver, slot, image);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms { return; }
  let here = positions[i].xyz;
  let first = row_starts[i];
  // Nothing is written where the list did not fit: its rows are empty.
  let room = select(0u, row_starts[i + 1u] - first, run.writing == 1u);
  var found = 0u;

  @if(CANDIDATES) {
    let cell = cells[0];
    for (var k = candidate_starts[i]; k < candidate_starts[i + 1u]; k++) {
      let j = candidates[k].source;
      // The rest of the row is empty places.
      if j == NO_SOURCE { break; }
      let image = candidates[k].image;
      let v = shifted(positions[j].xyz - here, cell, image_of(image));
      let r = sqrt(dot(v, v));
      let own = j == i && image == image_code(vec3i(0));
      if is_edge(r, own) {
        if found < room { write_edge(first + found, v, r, j, i, image, own); }
        found += 1u;
      }
    }
  }

  @if(!CANDIDATES) {
    let molecule = molecules[i];
    let cell = cells[molecule];
    let reach = image_reach(cell, CUTOFF_UPPER);
    for (var j = starts[molecule]; j < starts[molecule + 1u]; j++) {
      let d = positions[j].xyz - here;
      let nearest = nearest_shift(d, cell);
      for (var a = -reach.x; a <= reach.x; a++) {
        for (var b = -reach.y; b <= reach.y; b++) {
          for (var c = -reach.z; c <= reach.z; c++) {
            let shift = nearest + vec3i(a, b, c);
            let v = shifted(d, cell, shift);
            let own = j == i && all(shift == vec3i(0));
            let r = sqrt(dot(v, v));
            if is_edge(r, own) {
              if found < room { write_edge(first + found, v, r, j, i, image_code(shift), own); }
              found += 1u;
            }
          }
        }
      }
    }
  }
  if run.writing == 0u { counts[i] = found; }
}
