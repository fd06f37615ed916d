// Dipole moment of a molecule. SPEC tmdnet 8.3.
//
//   p = Σ weight (e (pos − c) + w) + mean,  y = |p|,  c the centre of mass
//
//   weights [atoms] (weight, mass in u), positions [atoms] in Å, starts [molecules + 1]
//   atomwise [atoms, 4, 4]   lane 0: row 0 e, rows 1–3 w
//   totals [molecules]
//
// One invocation per molecule: these heads serve single evaluations, not dynamics.

import package::common::index::flat_index;
import package::common::system::System;
import package::et::heads::molecule::{centre_of_mass, positions, weights};
import package::et::heads::totals::Totals;
import constants::{WORKGROUP, MEAN};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(2) var<storage, read> atomwise: array<vec4f>;
@group(0) @binding(3) var<storage, read> starts: array<u32>;
@group(0) @binding(4) var<storage, read_write> totals: array<Totals>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let m = flat_index(id, groups, WORKGROUP);
  if m >= system.molecules { return; }
  let first = starts[m];
  let end = starts[m + 1u];
  let centre = centre_of_mass(first, end);
  var p = vec3f(MEAN);
  var charge = 0.0;
  for (var i = first; i < end; i++) {
    let e = atomwise[i * 4u].x;
    let w = vec3f(atomwise[i * 4u + 1u].x, atomwise[i * 4u + 2u].x, atomwise[i * 4u + 3u].x);
    p += weights[i].x * (e * (positions[i].xyz - centre.xyz) + w);
    charge += weights[i].x * e;
  }
  let y = length(p);
  totals[m] = Totals(vec4f(y, 0.0, 0.0, 0.0), centre, vec4f(p / max(y, 1e-20), charge));
}
