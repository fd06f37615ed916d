// Electronic spatial extent of a molecule, y = Σ weight |pos − c|² e. SPEC tmdnet 8.3.
//
//   weights [atoms] (weight, mass in u), positions [atoms] in Å, starts [molecules + 1]
//   atomwise [atoms, 4]   lane 0: e
//   totals [molecules]
//
// One invocation per molecule: these heads serve single evaluations, not dynamics.

import package::common::index::flat_index;
import package::common::system::System;
import package::et::heads::molecule::{centre_of_mass, positions, weights};
import package::et::heads::totals::Totals;
import constants::WORKGROUP;

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
  var y = 0.0;
  var pull = vec3f(0.0);
  for (var i = first; i < end; i++) {
    let d = positions[i].xyz - centre.xyz;
    let e = weights[i].x * atomwise[i].x;
    y += e * dot(d, d);
    pull += 2.0 * e * d;
  }
  totals[m] = Totals(vec4f(y, 0.0, 0.0, 0.0), centre, vec4f(pull, 0.0));
}
