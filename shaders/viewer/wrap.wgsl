// By how many cell vectors an atom is drawn from where it is, so that a piece (a molecule, or a single atom) is whole and
// its middle lies in the cell:
//
//   f = H⁻¹ (middle of the piece − middle of the cell),   shift = whole − round(f)
//
// A piece stays where it is drawn until its middle is MARGIN of a cell outside: at a face it would come and go otherwise.
//
//   positions [atoms]
//   starts    [pieces + 1]  where each piece begins in members
//   members   [atoms]       atoms, piece after piece
//   whole     [atoms]       xyz cell vectors that bring an atom next to the others of its piece
//   shifts    [atoms]       xyz cell vectors; read as they were, written as they are
//
// LANES lanes share a piece: one where pieces are small, a workgroup where one of them is not. What `starts` may have beyond
// its end, since buffers are a little longer than what is in them, are pieces without atoms.

import package::common::index::flat_index;
import package::viewer::scene::Scene;
import constants::{WORKGROUP, LANES};

@group(0) @binding(0) var<uniform> scene: Scene;
@group(0) @binding(1) var<storage, read> positions: array<vec4f>;
@group(0) @binding(2) var<storage, read> starts: array<u32>;
@group(0) @binding(3) var<storage, read> members: array<u32>;
@group(0) @binding(4) var<storage, read> whole: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> shifts: array<vec4f>;

/// fraction of a cell
const MARGIN: f32 = 0.02;

var<workgroup> partial: array<vec3f, WORKGROUP>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let flat = flat_index(id, groups, WORKGROUP);
  let piece = min(flat / LANES, arrayLength(&starts) - 2u);
  let live = flat / LANES == piece;
  let lane = flat % LANES;
  let start = starts[piece];
  let end = starts[piece + 1u];

  var sum = vec3f(0.0);
  for (var k = start + lane; k < end; k += LANES) {
    let atom = members[k];
    sum += positions[atom].xyz + scene.cell * whole[atom].xyz;
  }
  let first = members[start];
  var shift = shifts[first].xyz - whole[first].xyz;
  partial[local] = sum;
  for (var stride = LANES / 2u; stride > 0u; stride /= 2u) {
    workgroupBarrier();
    if lane < stride { partial[local] += partial[local + stride]; }
  }
  // Nobody writes a shift before all have read the first one.
  storageBarrier();
  workgroupBarrier();

  let middle = partial[local - lane] / f32(end - start);
  let f = scene.inverse * (middle - scene.home);
  shift = select(shift, -round(f), abs(f + shift) > vec3f(0.5 + MARGIN));
  if live {
    for (var k = start + lane; k < end; k += LANES) {
      let atom = members[k];
      shifts[atom] = vec4f(whole[atom].xyz + shift, 0.0);
    }
  }
}
