// The atom under the pointer, and all that is known of it: 80 bytes instead of everybody's position.
//
//   positions [atoms]  xyz in Å
//   radii     [atoms]  y van der Waals radius in Å
//   center    [1]      what the picture follows
//   velocities, forces [atoms]
//   picked    [1]
//
// The atom whose sphere, as drawn, the ray meets first. One workgroup in all.

import constants::WORKGROUP;

struct Ray {
  /// Å of the picture
  origin: vec3f,
  atoms: u32,
  direction: vec3f,
  /// drawn radius of an atom = van der Waals radius · ball_scale + ball_base, Å
  ball_scale: f32,
  /// what sits in the middle of the picture, Å
  home: vec3f,
  ball_base: f32,
  /// 1 where the picture follows the mean position
  follow: f32,
  /// Å: smaller atoms can still be caught, and this much more per Å of distance
  least: f32,
  slope: f32,
}

struct Picked {
  /// atom + 1, 0 for none
  atom: u32,
  /// Å from the ray's origin
  depth: f32,
  pad_0: u32,
  pad_1: u32,
  /// where the atom is drawn
  drawn: vec4f,
  position: vec4f,
  velocity: vec4f,
  force: vec4f,
}

@group(0) @binding(0) var<uniform> ray: Ray;
@group(0) @binding(1) var<storage, read> positions: array<vec4f>;
@group(0) @binding(2) var<storage, read> radii: array<vec4f>;
@group(0) @binding(3) var<storage, read> center: array<vec4f>;
@group(0) @binding(4) var<storage, read> velocities: array<vec4f>;
@group(0) @binding(5) var<storage, read> forces: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> picked: array<Picked>;

const NOTHING: f32 = 3.4e38;

var<workgroup> depths: array<f32, WORKGROUP>;
var<workgroup> atoms: array<u32, WORKGROUP>;

fn drawn(atom: u32) -> vec3f {
  return positions[atom].xyz - ray.home - center[0].xyz * ray.follow;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) local: u32) {
  var nearest = NOTHING;
  var found = 0u;
  for (var atom = local; atom < ray.atoms; atom += WORKGROUP) {
    let away = drawn(atom) - ray.origin;
    let along = dot(away, ray.direction);
    let aside = length(away - along * ray.direction);
    let radius = max(radii[atom].y * ray.ball_scale + ray.ball_base, ray.least + ray.slope * along);
    let depth = along - sqrt(max(radius * radius - aside * aside, 0.0));
    if along > 0.0 && aside < radius && depth < nearest {
      nearest = depth;
      found = atom + 1u;
    }
  }
  depths[local] = nearest;
  atoms[local] = found;
  for (var stride = WORKGROUP / 2u; stride > 0u; stride /= 2u) {
    workgroupBarrier();
    if local < stride && depths[local + stride] < depths[local] {
      depths[local] = depths[local + stride];
      atoms[local] = atoms[local + stride];
    }
  }
  if local == 0u {
    let atom = max(atoms[0], 1u) - 1u;
    picked[0] = Picked(
      atoms[0], depths[0], 0u, 0u,
      vec4f(drawn(atom), 0.0), positions[atom], velocities[atom], forces[atom],
    );
  }
}
