// Edges of each row by distance, and by their former order where it is the same. Workgroups that walk their rows from near
// to far at the same time read the same parts of tables of the distance, which then come from the nearest cache.
//
//   row_starts [atoms + 1]      edges: sorted within rows
//
// One workgroup per atom. A row longer than ROOM stays as it is.

import package::common::bitonic::bitonic_pair;
import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::edge::Edge;
import constants::{WORKGROUP, ROOM};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> row_starts: array<u32>;
@group(0) @binding(2) var<storage, read_write> edges: array<Edge>;

/// Bits of a distance, which are in the order of the numbers where none is negative, and the place that it has.
struct Key {
  distance: u32,
  place: u32,
}

var<workgroup> keys: array<Key, ROOM>;

fn precedes(a: Key, b: Key) -> bool {
  return a.distance < b.distance || (a.distance == b.distance && a.place < b.place);
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) lane: u32,
  @builtin(num_workgroups) groups: vec3u,
) {
  let i = flat_index(group, groups, 1u);
  if i >= system.atoms { return; }
  let first = row_starts[i];
  let length = row_starts[i + 1u] - first;
  if length > ROOM { return; }
  for (var k = lane; k < length; k += WORKGROUP) { keys[k] = Key(bitcast<u32>(edges[first + k].distance), k); }
  workgroupBarrier();
  for (var run = 2u; run < 2u * length; run *= 2u) {
    for (var half = run / 2u; half > 0u; half /= 2u) {
      for (var k = lane; ; k += WORKGROUP) {
        let pair = bitonic_pair(k, run, half);
        if pair.x >= length { break; }
        if pair.y >= length { continue; }
        let a = keys[pair.x];
        let b = keys[pair.y];
        if precedes(b, a) {
          keys[pair.x] = b;
          keys[pair.y] = a;
        }
      }
      workgroupBarrier();
    }
  }
  var sorted: array<Edge, (ROOM + WORKGROUP - 1u) / WORKGROUP>;
  for (var n = 0u; n < (ROOM + WORKGROUP - 1u) / WORKGROUP; n++) {
    let k = lane + n * WORKGROUP;
    if k < length { sorted[n] = edges[first + keys[k].place]; }
  }
  storageBarrier();
  for (var n = 0u; n < (ROOM + WORKGROUP - 1u) / WORKGROUP; n++) {
    let k = lane + n * WORKGROUP;
    if k < length { edges[first + k] = sorted[n]; }
  }
}
