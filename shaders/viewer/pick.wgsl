// The atom under the pointer, and all that is known of it: 96 bytes instead of everybody's position.
//
//   positions [atoms]  xyz in Å
//   radii     [atoms]  y van der Waals radius in Å
//   center    [1]      what the picture follows; with PERIODIC instead
//   shifts    [atoms]  cell vectors by which an atom is drawn from where it is
//   velocities, forces [atoms]
//   picked    [1]
//
// The atom, or its image, whose sphere as drawn the ray meets first. One workgroup in all.

import constants::WORKGROUP;

struct Ray {
  /// Å of the picture
  origin: vec3f,
  atoms: u32,
  direction: vec3f,
  /// drawn radius of an atom = van der Waals radius · ball_scale + ball_base, Å
  ball_scale: f32,
  /// Å: smaller atoms can still be caught, and this much more per Å of distance
  least: f32,
  slope: f32,
  ball_base: f32,
  /// with PERIODIC: cells that are drawn along each axis, odd numbers
  images: vec3u,
  /// what sits in the middle of the picture, Å
  home: vec3f,
  cell: mat3x3f,
}

struct Picked {
  /// atom + 1, 0 for none
  atom: u32,
  /// Å from the ray's origin
  depth: f32,
  pad_0: u32,
  pad_1: u32,
  /// where the atom, or its image, is drawn
  drawn: vec4f,
  /// to there from where the atom itself is drawn
  way: vec4f,
  position: vec4f,
  velocity: vec4f,
  force: vec4f,
}

@group(0) @binding(0) var<uniform> ray: Ray;
@group(0) @binding(1) var<storage, read> positions: array<vec4f>;
@group(0) @binding(2) var<storage, read> radii: array<vec4f>;
@if(!PERIODIC) @group(0) @binding(3) var<storage, read> center: array<vec4f>;
@if(PERIODIC) @group(0) @binding(3) var<storage, read> shifts: array<vec4f>;
@group(0) @binding(4) var<storage, read> velocities: array<vec4f>;
@group(0) @binding(5) var<storage, read> forces: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> picked: array<Picked>;

const NOTHING: f32 = 3.4e38;

var<workgroup> depths: array<f32, WORKGROUP>;
var<workgroup> found: array<u32, WORKGROUP>;

fn drawn(atom: u32) -> vec3f {
  @if(PERIODIC) { return positions[atom].xyz - ray.home + ray.cell * shifts[atom].xyz; }
  @if(!PERIODIC) { return positions[atom].xyz - center[0].xyz; }
}

/// From an atom to its image, as both are drawn.
fn image(copy: u32) -> vec3f {
  @if(PERIODIC) {
    let n = ray.images;
    let place = vec3i(vec3u(copy % n.x, copy / n.x % n.y, copy / (n.x * n.y))) - vec3i(n / 2u);
    return ray.cell * vec3f(place);
  }
  @if(!PERIODIC) { return vec3f(0.0); }
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) local: u32) {
  let count = ray.atoms * ray.images.x * ray.images.y * ray.images.z;
  var nearest = NOTHING;
  var best = 0u;
  for (var k = local; k < count; k += WORKGROUP) {
    let atom = k % ray.atoms;
    let away = drawn(atom) + image(k / ray.atoms) - ray.origin;
    let along = dot(away, ray.direction);
    let aside = length(away - along * ray.direction);
    let radius = max(radii[atom].y * ray.ball_scale + ray.ball_base, ray.least + ray.slope * along);
    let depth = along - sqrt(max(radius * radius - aside * aside, 0.0));
    if along > 0.0 && aside < radius && depth < nearest {
      nearest = depth;
      best = k + 1u;
    }
  }
  depths[local] = nearest;
  found[local] = best;
  for (var stride = WORKGROUP / 2u; stride > 0u; stride /= 2u) {
    workgroupBarrier();
    if local < stride && depths[local + stride] < depths[local] {
      depths[local] = depths[local + stride];
      found[local] = found[local + stride];
    }
  }
  if local == 0u {
    let k = max(found[0], 1u) - 1u;
    let atom = k % ray.atoms;
    let way = image(k / ray.atoms);
    picked[0] = Picked(
      select(atom + 1u, 0u, found[0] == 0u), depths[0], 0u, 0u,
      vec4f(drawn(atom) + way, 0.0), vec4f(way, 0.0), positions[atom], velocities[atom], forces[atom],
    );
  }
}
