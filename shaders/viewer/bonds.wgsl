// Which atoms look bonded. For display only: no force ever reads this.
//
//   bond(i, j)  forms at  d < 1.15 (r_i + r_j),  breaks at  d > 1.30 (r_i + r_j)      r: covalent radii
//   two hydrogens only as H2:  forms at 0.90 Å, breaks at 1.05 Å
//
// The gap between the two bounds (hysteresis) keeps a vibrating bond from flickering.
//
//   positions [atoms]         xyz in Å
//   radii     [atoms]         x covalent radius in Å, y van der Waals radius in Å, z 1 for hydrogen
//   bonds     [atoms, SLOTS]  partner + 1, or 0 in a free slot; read as the last state, written as the new one
//
// One invocation per atom of the slice that starts at scene.first; a workgroup walks over all atoms in tiles.
// Both partners find a bond by themselves from the same numbers, so each can draw its own half.

import package::viewer::scene::{Scene, nearest_image};
import constants::{WORKGROUP, SLOTS};

@group(0) @binding(0) var<uniform> scene: Scene;
@group(0) @binding(1) var<storage, read> positions: array<vec4f>;
@group(0) @binding(2) var<storage, read> radii: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> bonds: array<u32>;

const FORM: f32 = 1.15;
const BREAK: f32 = 1.3;
const FORM_H2: f32 = 0.9;
const BREAK_H2: f32 = 1.05;

/// xyz position, w covalent radius, negative for hydrogen
var<workgroup> tile: array<vec4f, WORKGROUP>;

fn tagged(atom: u32) -> vec4f {
  let r = radii[atom];
  return vec4f(positions[atom].xyz, select(r.x, -r.x, r.z > 0.5));
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let atom = scene.first + id.x;
  let live = atom < scene.atoms;
  let here = tagged(min(atom, scene.atoms - 1u));

  var before: array<u32, SLOTS>;
  for (var s = 0u; s < SLOTS; s++) {
    before[s] = select(0u, bonds[min(atom, scene.atoms - 1u) * SLOTS + s], live);
  }

  var found: array<u32, SLOTS>;
  var count = 0u;
  for (var start = 0u; start < scene.atoms; start += WORKGROUP) {
    workgroupBarrier();
    tile[local] = tagged(min(start + local, scene.atoms - 1u));
    workgroupBarrier();
    let end = min(WORKGROUP, scene.atoms - start);
    for (var t = 0u; t < end; t++) {
      let other = tile[t];
      let separation = nearest_image(scene.cell, scene.inverse, other.xyz - here.xyz);
      let square = dot(separation, separation);
      let sum = abs(here.w) + abs(other.w);
      let hydrogens = here.w < 0.0 && other.w < 0.0;
      let limit = select(BREAK * sum, BREAK_H2, hydrogens);
      let partner = start + t;
      if square < limit * limit && partner != atom && count < SLOTS {
        var held = false;
        for (var s = 0u; s < SLOTS; s++) { held = held || before[s] == partner + 1u; }
        let near = select(FORM * sum, FORM_H2, hydrogens);
        if held || square < near * near {
          found[count] = partner + 1u;
          count++;
        }
      }
    }
  }

  if live {
    for (var s = 0u; s < SLOTS; s++) { bonds[atom * SLOTS + s] = select(0u, found[s], s < count); }
  }
}
