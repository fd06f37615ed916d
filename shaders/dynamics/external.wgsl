// Forces from outside the molecule, added to those of the force field, their energies to the atoms' shares.
//
//   restraint  U = ½ k |x − anchor|²                      anchors [atoms]: xyz in Å (relative, as positions), w k in eV/Å²
//   pull       U = ½ k |x − target|² on one atom          e.g. the mouse
//   wall       U = ½ k (|x − centre| − radius)² outside   keeps a droplet together
//
// They are not part of the virial: none of them strains with the cell. One invocation per atom.

import package::common::index::flat_index;
import package::common::system::System;
import package::dynamics::outside::{External, spring};
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<uniform> outside: External;
@group(0) @binding(2) var<storage, read> anchors: array<vec4f>;
@group(0) @binding(3) var<storage, read> positions: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> outputs: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms { return; }
  let x = positions[i].xyz;
  var sum = spring(x - anchors[i].xyz, anchors[i].w);
  if i == outside.pulled_atom { sum += spring(x - outside.pull.xyz, outside.pull.w); }
  let out = x - outside.wall.xyz;
  let distance = sqrt(dot(out, out));
  if distance > outside.wall.w && outside.wall_stiffness > 0.0 {
    sum += spring(out * (1.0 - outside.wall.w / distance), outside.wall_stiffness);
  }
  outputs[i] += sum;
}
