// How the lanes of a workgroup share one atom's row of the edge list: lane = slice · WIDTH4 + c. Slice s takes every
// SLICES-th edge from the s-th on, and its lane c four channels of it. What concerns a head is summed over the lanes
// that have its channels, what concerns the atom over slices in the end: nothing of an edge is ever stored.

import package::common::padding::{HEAD_WIDTH4, WIDTH4};
import package::neighbors::edge::Edge;
import constants::{WORKGROUP, SLICES};

/// Room for one vec4 of each lane, three times.
var<workgroup> pool: array<vec4f, 3u * WORKGROUP>;

/// Sums over the lanes that have a head's channels. To be called by all lanes.
/// @param turn 0, 1, 2, … from call to call: two places in turns make one barrier do for a call
@if(!SUBGROUPS)
fn head_sums(values: vec4f, lane: u32, turn: u32) -> vec4f {
  let place = (turn % 2u) * WORKGROUP;
  pool[place + lane] = values;
  workgroupBarrier();
  let first = place + lane / HEAD_WIDTH4 * HEAD_WIDTH4;
  var sum = pool[first];
  for (var d = 1u; d < HEAD_WIDTH4; d++) { sum += pool[first + d]; }
  return sum;
}

@if(!SUBGROUPS)
fn head_sum(value: f32, lane: u32, turn: u32) -> f32 { return head_sums(vec4f(value), lane, turn).x; }

/// With SUBGROUPS, HEAD_WIDTH4 is a power of two and a head's lanes are in one subgroup.
@if(SUBGROUPS)
fn head_sums(values: vec4f, lane: u32, turn: u32) -> vec4f {
  var sum = values;
  for (var d = 1u; d < HEAD_WIDTH4; d *= 2u) { sum += subgroupShuffleXor(sum, d); }
  return sum;
}

@if(SUBGROUPS)
fn head_sum(value: f32, lane: u32, turn: u32) -> f32 {
  var sum = value;
  for (var d = 1u; d < HEAD_WIDTH4; d *= 2u) { sum += subgroupShuffleXor(sum, d); }
  return sum;
}

/// Sum over slices, in the first slice's lanes. To be called by all lanes.
fn slice_sum(value: vec4f, lane: u32) -> vec4f {
  if SLICES == 1u { return value; }
  workgroupBarrier();
  pool[lane] = value;
  workgroupBarrier();
  var sum = value;
  if lane < WIDTH4 {
    for (var other = lane + WIDTH4; other < WORKGROUP; other += WIDTH4) { sum += pool[other]; }
  }
  return sum;
}

/// What edges do to their receiver, row by row: xyz of row k is the virial's row k in eV, w the force's component k.
struct Pull {
  x: vec4f,
  y: vec4f,
  z: vec4f,
}

/// Adds the pull of an edge and its reverse together on the edge's receiver, half of whose virial is the receiver's.
/// SPEC tmdnet 9: f = dE/d(r u) = gr u + (gu − (gu·u) u)/r, 0 for an atom's edge to itself.
/// @param gu, gr gradients toward direction and distance, where the reverse's direction counts as −u
fn pulled(pull: Pull, edge: Edge, gu: vec3f, gr: f32) -> Pull {
  let u = edge.direction;
  let r = edge.distance;
  let f = select(gr * u + (gu - dot(gu, u) * u) / max(r, 1e-20), vec3f(0.0), r == 0.0);
  let d = 0.5 * r * u;
  return Pull(
    pull.x + vec4f(d.x * f, f.x),
    pull.y + vec4f(d.y * f, f.y),
    pull.z + vec4f(d.z * f, f.z),
  );
}

/// Lanes that sum a part of each row of a pull.
const SUMMING = 8u;

var<workgroup> parts: array<vec4f, 3u * SUMMING>;

/// Brings the pulls of all lanes together, for `pull_row`. To be called by all lanes.
fn gather_pulls(pull: Pull, lane: u32) {
  workgroupBarrier();
  pool[lane] = pull.x;
  pool[WORKGROUP + lane] = pull.y;
  pool[2u * WORKGROUP + lane] = pull.z;
  workgroupBarrier();
  for (var k = lane; k < 3u * SUMMING; k += WORKGROUP) {
    var part = vec4f(0.0);
    for (var n = k % SUMMING; n < WORKGROUP; n += SUMMING) { part += pool[k / SUMMING * WORKGROUP + n]; }
    parts[k] = part;
  }
  workgroupBarrier();
}

/// Row 0, 1 or 2 of the sum of all lanes' pulls.
fn pull_row(row: u32) -> vec4f {
  var sum = vec4f(0.0);
  for (var k = 0u; k < SUMMING; k++) { sum += parts[row * SUMMING + k]; }
  return sum;
}
