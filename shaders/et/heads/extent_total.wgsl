// Electronic spatial extent of a molecule, y = Σ weight |pos − c|² e. SPEC tmdnet 8.3.
//
//   weights [atoms] (weight, mass in u), positions [atoms] in Å, starts [molecules + 1]
//   atomwise [atoms, 4]   lane 0: e
//   totals [molecules]
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
@group(0) @binding(5) var<storage, read> positions: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let m = flat_index(id, groups, WORKGROUP);
  if m >= system.molecules { return; }
  let first = starts[m];
  let end = starts[m + 1u];
  var moment = vec3f(0.0);
  var mass = 0.0;
  for (var i = first; i < end; i++) {
    moment += weights[i].y * positions[i].xyz;
    mass += weights[i].y;
  }
  let centre = moment / mass;
  var y = 0.0;
  var pull = vec3f(0.0);
  for (var i = first; i < end; i++) {
    let d = positions[i].xyz - centre;
    let e = weights[i].x * atomwise[i].x;
    y += e * dot(d, d);
    pull += 2.0 * e * d;
  }
  totals[m] = Totals(vec4f(y, 0.0, 0.0, 0.0), vec4f(centre, mass), vec4f(pull, 0.0));
}
