// center[0].xyz = mean position of all atoms in Å: what the camera follows.
//
//   positions [atoms]
//   center    [1]
//
// One workgroup in all.

import package::viewer::scene::Scene;
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> scene: Scene;
@group(0) @binding(1) var<storage, read> positions: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> center: array<vec4f>;

var<workgroup> partial: array<vec3f, WORKGROUP>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) local: u32) {
  var sum = vec3f(0.0);
  for (var atom = local; atom < scene.atoms; atom += WORKGROUP) { sum += positions[atom].xyz; }
  partial[local] = sum;
  for (var stride = WORKGROUP / 2u; stride > 0u; stride /= 2u) {
    workgroupBarrier();
    if local < stride { partial[local] += partial[local + stride]; }
  }
  if local == 0u { center[0] = vec4f(partial[0] / f32(scene.atoms), 0.0); }
}
