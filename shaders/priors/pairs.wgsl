// Short-range repulsion, dispersion and electrostatics between pairs of atoms, with forces and virial. SPEC tmdnet 8.4.
//
//   ZBL:      E = Z_i Z_j / r · Σ_k w_k exp(−x_k r / a) · C(r; 0, CUTOFF),  1/a = SCALE (Z_i^0.23 + Z_j^0.23)
//   D2:       E = −c_i c_j / r⁶ / (1 + exp(−20 (SCALE r / (R_i + R_j) − 1))),  r < CUTOFF
//   COULOMB:  E = q_i q_j / r · w(SCALE r),  w = ½ − ½ cos(π clamp((SCALE r − LOWER)/(UPPER − LOWER), 0, 1))
//
//   parameters [atoms]  two numbers per atom with all units folded in: (Z √K, Z^0.23), (√(K C6), R) or (q √K, 0)
//   outputs [atoms]     xyz force and w energy share are added to
//   virial [atoms, 3]   added to
//
// One invocation per atom runs over all atoms of its molecule and their images: cost grows with atoms².

import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::edge::{Cell, image_reach, shifted, wrapped};
import package::radial::cutoff::cosine_cutoff;
import constants::{WORKGROUP, CUTOFF, SCALE, LOWER, UPPER};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> positions: array<vec4f>;
@group(0) @binding(2) var<storage, read> molecules: array<u32>;
@group(0) @binding(3) var<storage, read> starts: array<u32>;
@group(0) @binding(4) var<storage, read> cells: array<Cell>;
@group(0) @binding(5) var<storage, read> parameters: array<vec2f>;
@group(0) @binding(6) var<storage, read_write> outputs: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> virial: array<vec4f>;

/// (E, dE/dr) of one pair.
@if(ZBL)
fn pair(a: vec2f, b: vec2f, r: f32) -> vec2f {
  const weights = vec4f(0.1818, 0.5099, 0.2802, 0.02817);
  const exponents = vec4f(3.2, 0.9423, 0.4029, 0.2016);
  let per_length = SCALE * (a.y + b.y);
  let terms = weights * exp(-exponents * (r * per_length));
  let f = dot(terms, vec4f(1.0));
  let slope = -dot(terms, exponents) * per_length;
  let c = cosine_cutoff(r, 0.0, CUTOFF);
  let factor = a.x * b.x / r;
  return factor * vec2f(f * c.x, slope * c.x + f * c.y - f * c.x / r);
}

@if(D2)
fn pair(a: vec2f, b: vec2f, r: f32) -> vec2f {
  let ratio = SCALE / (a.y + b.y);
  let s = 1.0 / (1.0 + exp(min(-20.0 * (ratio * r - 1.0), 80.0)));
  let r2 = r * r;
  let attraction = -a.x * b.x / (r2 * r2 * r2) * s;
  return attraction * vec2f(1.0, -6.0 / r + 20.0 * ratio * (1.0 - s));
}

@if(COULOMB)
fn pair(a: vec2f, b: vec2f, r: f32) -> vec2f {
  let t = (SCALE * r - LOWER) / (UPPER - LOWER);
  let c = select(cosine_cutoff(max(t, 0.0), 0.0, 1.0), vec2f(1.0, 0.0), t <= 0.0);
  let energy = a.x * b.x / r;
  return energy * vec2f(1.0 - c.x, -c.y * SCALE / (UPPER - LOWER) - (1.0 - c.x) / r);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms { return; }
  let molecule = molecules[i];
  let cell = cells[molecule];
  let reach = image_reach(cell, CUTOFF);
  let here = positions[i].xyz;
  let own = parameters[i];

  var energy = 0.0;
  var force = vec3f(0.0);
  var rows = array<vec3f, 3>(vec3f(0.0), vec3f(0.0), vec3f(0.0));
  for (var j = starts[molecule]; j < starts[molecule + 1u]; j++) {
    let d = wrapped(positions[j].xyz - here, cell);
    for (var a = -reach.x; a <= reach.x; a++) {
      for (var b = -reach.y; b <= reach.y; b++) {
        for (var c = -reach.z; c <= reach.z; c++) {
          let v = shifted(d, cell, vec3i(a, b, c));
          let r = sqrt(dot(v, v));
          if r < CUTOFF && !(j == i && a == 0 && b == 0 && c == 0) {
            let e = pair(own, parameters[j], max(r, 1e-6));
            energy += 0.5 * e.x;
            let pull = e.y / max(r, 1e-6) * v;
            force += pull;
            for (var k = 0u; k < 3u; k++) { rows[k] += 0.5 * v[k] * pull; }
          }
        }
      }
    }
  }
  outputs[i] += vec4f(force, energy);
  for (var k = 0u; k < 3u; k++) { virial[i * 3u + k] += vec4f(rows[k], 0.0); }
}
