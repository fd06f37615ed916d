// How much of the light from each side its neighbours take from an atom, as the first two orders of a series in the
// direction n of the surface:
//
//   hidden(n) ≈ w + xyz · n,    summed over atoms j in direction u, each hiding  o_j max(0, n·u)  of the sky,
//                               max(0, n·u) ≈ 1/4 + 1/2 n·u,   o_j = R_j² / max(d² − r²/2, R_j²)
//
//   positions [atoms]   xyz in Å
//   radii     [atoms]   y van der Waals radius in Å
//   occlusion [atoms]   the series
//
// R and r are the radii as drawn. One invocation per atom of the slice that starts at scene.first; tiles as in
// viewer/bonds.

import package::viewer::scene::{Scene, nearest_image};
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> scene: Scene;
@group(0) @binding(1) var<storage, read> positions: array<vec4f>;
@group(0) @binding(2) var<storage, read> radii: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> occlusion: array<vec4f>;

/// Å: atoms further away hide nothing
const REACH: f32 = 8.0;

/// xyz position, w drawn radius
var<workgroup> tile: array<vec4f, WORKGROUP>;

fn drawn(atom: u32) -> vec4f {
  return vec4f(positions[atom].xyz, radii[atom].y * scene.ball_scale + scene.ball_base);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let atom = scene.first + id.x;
  let here = drawn(min(atom, scene.atoms - 1u));
  var hidden = vec4f(0.0);
  for (var start = 0u; start < scene.atoms; start += WORKGROUP) {
    workgroupBarrier();
    tile[local] = drawn(min(start + local, scene.atoms - 1u));
    workgroupBarrier();
    let end = min(WORKGROUP, scene.atoms - start);
    for (var t = 0u; t < end; t++) {
      let other = tile[t];
      let separation = nearest_image(scene.cell, scene.inverse, other.xyz - here.xyz);
      let square = dot(separation, separation);
      if square < REACH * REACH && start + t != atom && square > 1e-6 {
        let fade = 1.0 - square / (REACH * REACH);
        let own = other.w * other.w;
        let share = own / max(square - 0.5 * here.w * here.w, own) * fade;
        hidden += share * vec4f(0.5 * separation * inverseSqrt(square), 0.25);
      }
    }
  }
  if atom < scene.atoms { occlusion[atom] = hidden; }
}
