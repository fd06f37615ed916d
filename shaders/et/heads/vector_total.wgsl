// Vector output of a molecule, y = Σ weight w. SPEC tmdnet 8.3.
//
//   weights [atoms] (weight, mass in u), starts [molecules + 1], totals [molecules]
//   atomwise [atoms, 4, 4]   lane 0: rows 1–3 w
//
// One invocation per molecule: these heads serve single evaluations, not dynamics.

import package::common::index::flat_index;
import package::common::system::System;
import package::et::heads::totals::Totals;
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> weights: array<vec2f>;
@group(0) @binding(2) var<storage, read> atomwise: array<vec4f>;
@group(0) @binding(3) var<storage, read> starts: array<u32>;
@group(0) @binding(4) var<storage, read_write> totals: array<Totals>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let m = flat_index(id, groups, WORKGROUP);
  if m >= system.molecules { return; }
  let first = starts[m];
  let end = starts[m + 1u];
  var y = vec3f(0.0);
  for (var i = first; i < end; i++) {
    y += weights[i].x * vec3f(atomwise[i * 4u + 1u].x, atomwise[i * 4u + 2u].x, atomwise[i * 4u + 3u].x);
  }
  totals[m] = Totals(vec4f(y, 0.0), vec4f(0.0), vec4f(0.0));
}
