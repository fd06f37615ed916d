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
//   SHARED       one workgroup per atom: each lane looks at one pair at a time
//   otherwise    one invocation per atom

import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::edge::{Cell, Edge, image_code, image_of, image_reach, nearest_shift, shifted};
import package::neighbors::grid::{Candidate, NO_SOURCE, bin_place};
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

/// What a lane is looking at; where there is nothing, Pair() (a variable without a value is not emptied again by all
/// compilers each time around a loop).
struct Pair {
  separation: vec3f,
  source: u32,
  shift: vec3i,
  distance: f32,
  /// an atom and itself, not an image of it
  own: bool,
  is_edge: bool,
}

/// The row of edges that is being made.
struct Row {
  receiver: u32,
  first: u32,
  /// edges that may be written
  room: u32,
  /// edges found so far
  found: u32,
}

/// Lanes of one atom.
@if(SHARED) const LANES = u32(WORKGROUP);
@if(!SHARED) const LANES = 1u;

/// A bit for each of up to 256 lanes, in three sets: one is marked, one read and one emptied between two barriers.
@if(SHARED) var<workgroup> marks: array<atomic<u32>, 24>;

/// How many lanes before this one have found an edge, and how many in all. To be called by all lanes.
@if(SHARED)
fn rank(lane: u32, turn: u32, is_edge: bool) -> vec2u {
  let base = 8u * (turn % 3u);
  let word = lane / 32u;
  let bit = 1u << (lane % 32u);
  if is_edge { atomicOr(&marks[base + word], bit); }
  if lane < 8u { atomicStore(&marks[8u * ((turn + 1u) % 3u) + lane], 0u); }
  workgroupBarrier();
  var before = 0u;
  var all = 0u;
  for (var w = 0u; w < (LANES + 31u) / 32u; w++) {
    let marked = atomicLoad(&marks[base + w]);
    all += countOneBits(marked);
    before += countOneBits(select(select(0u, marked & (bit - 1u), w == word), marked, w < word));
  }
  return vec2u(before, all);
}

/// A lane that has its atom to itself needs no barrier.
@if(!SHARED)
fn rank(lane: u32, turn: u32, is_edge: bool) -> vec2u { return vec2u(0u, select(0u, 1u, is_edge)); }

/// The pair of i and an image of j. The distance to itself is exactly 0.
fn pair_of(i: u32, j: u32, d: vec3f, cell: Cell, shift: vec3i) -> Pair {
  let v = shifted(d, cell, shift);
  let r = sqrt(dot(v, v));
  let own = j == i && all(shift == vec3i(0));
  return Pair(v, j, shift, r, own, own || (r < CUTOFF_UPPER && r >= CUTOFF_LOWER));
}

/// The row with the edges among the lanes' pairs, in the order of the lanes.
fn extended(row: Row, pair: Pair, lane: u32, turn: u32) -> Row {
  let place = rank(lane, turn, pair.is_edge);
  let at = row.found + place.x;
  if pair.is_edge && at < row.room {
    let slot = row.first + at;
    let direction = select(pair.separation / max(pair.distance, 1e-20), vec3f(0.0), pair.own);
    let distance = select(pair.distance, 0.0, pair.own);
    edges[slot] = Edge(direction, distance, pair.source, row.receiver, image_code(pair.shift));
  }
  return Row(row.receiver, row.first, row.room, row.found + place.y);
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) thread: u32,
  @builtin(num_workgroups) groups: vec3u,
) {
  @if(SHARED) let lane = thread;
  @if(SHARED) let i = flat_index(group, groups, 1u);
  @if(!SHARED) let lane = 0u;
  @if(!SHARED) let i = flat_index(group, groups, 1u) * WORKGROUP + thread;
  if i >= system.atoms { return; }
  let here = positions[i].xyz;
  // Nothing is written where the list did not fit: its rows are empty.
  let room = select(0u, row_starts[i + 1u] - row_starts[i], run.writing == 1u);
  var row = Row(i, row_starts[i], room, 0u);
  var turn = 0u;

  @if(CANDIDATES) {
    let cell = cells[0];
    let end = candidate_starts[i + 1u];
    for (var k = candidate_starts[i]; k < end; k += LANES) {
      var pair = Pair();
      if k + lane < end {
        let candidate = candidates[k + lane];
        let j = candidate.source;
        if j != NO_SOURCE { pair = pair_of(i, j, positions[j].xyz - here, cell, image_of(candidate.image)); }
      }
      row = extended(row, pair, lane, turn);
      turn += 1u;
    }
  }

  @if(!CANDIDATES) {
    let molecule = molecules[i];
    let cell = cells[molecule];
    let reach = image_reach(cell, CUTOFF_UPPER);
    let start = starts[molecule];
    let end = starts[molecule + 1u];
    @if(SHARED) {
      let around = vec3u(2 * reach + vec3i(1));
      let images = around.x * around.y * around.z;
      let pairs = (end - start) * images;
      for (var k = 0u; k < pairs; k += LANES) {
        var pair = Pair();
        if k + lane < pairs {
          let j = start + (k + lane) / images;
          let d = positions[j].xyz - here;
          let image = vec3i(bin_place((k + lane) % images, around)) - reach;
          pair = pair_of(i, j, d, cell, nearest_shift(d, cell) + image);
        }
        row = extended(row, pair, lane, turn);
        turn += 1u;
      }
    }
    // The same pairs in the same order, without divisions.
    @if(!SHARED) {
      for (var j = start; j < end; j++) {
        let d = positions[j].xyz - here;
        let nearest = nearest_shift(d, cell);
        for (var a = -reach.x; a <= reach.x; a++) {
          for (var b = -reach.y; b <= reach.y; b++) {
            for (var c = -reach.z; c <= reach.z; c++) {
              row = extended(row, pair_of(i, j, d, cell, nearest + vec3i(a, b, c)), lane, turn);
            }
          }
        }
      }
    }
  }
  if run.writing == 0u && lane == 0u { counts[i] = row.found; }
}
