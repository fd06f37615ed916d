// Shape and motion of the whole, by one workgroup: each lane adds every WORKGROUP-th atom, then the lanes are added in
// pairs; first the centre, then what is measured from it.
//
//   c = Σ m r / M    P = Σ m v    L = Σ m (r − c) × (v − P/M)
//   S = Σ m (r − c) ⊗ (r − c) / M    Rg² = tr S    e = |r_b − r_a|
//
// Means and squared deviations of Rg and e over the frames follow Welford (1962, doi:10.2307/1266577), because a sum of
// many frames would lose its digits.
//
//   positions [atoms]    xyz in Å, unwrapped
//   velocities [atoms]   xyz in Å/fs; 0 for an atom that is held fast
//   masses [atoms]       u
//   ends                 the two atoms of e
//   shape                what the host reads back

import package::analysis::frame::Frame;
import package::common::system::System;
import constants::WORKGROUP;

/// Field by field as SHAPE in src/analysis/shape.ts.
struct Shape {
  /// Å
  centre: array<f32, 3>,
  /// u Å/fs
  momentum: array<f32, 3>,
  /// u Å²/fs
  angular_momentum: array<f32, 3>,
  /// Å²: xx, yy, zz, yz, xz, xy
  gyration: array<f32, 6>,
  /// Å
  radius: f32,
  end_to_end: f32,
  /// means in Å, sums of squared deviations in Å²
  radius_mean: f32,
  end_mean: f32,
  radius_spread: f32,
  end_spread: f32,
}

struct Ends {
  first: u32,
  last: u32,
}

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<uniform> ends: Ends;
@group(0) @binding(2) var<storage, read> frame: Frame;
@group(0) @binding(3) var<storage, read> positions: array<vec4f>;
@group(0) @binding(4) var<storage, read> velocities: array<vec4f>;
@group(0) @binding(5) var<storage, read> masses: array<f32>;
@group(0) @binding(6) var<storage, read_write> shape: Shape;

struct Sums {
  a: vec4f,
  b: vec3f,
  c: vec3f,
}

var<workgroup> sums: array<Sums, WORKGROUP>;

/// Leaves the sum over all lanes in lane 0, which every lane may read afterwards.
fn add_lanes(lane: u32) {
  workgroupBarrier();
  for (var half = WORKGROUP / 2u; half > 0u; half /= 2u) {
    if lane < half {
      let other = sums[lane + half];
      sums[lane].a += other.a;
      sums[lane].b += other.b;
      sums[lane].c += other.c;
    }
    workgroupBarrier();
  }
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) lane: u32) {
  if frame.fresh == 0u { return; }
  var sum: Sums;
  for (var i = lane; i < system.atoms; i += WORKGROUP) {
    sum.a += masses[i] * vec4f(positions[i].xyz, 1.0);
    sum.b += masses[i] * velocities[i].xyz;
  }
  sums[lane] = sum;
  add_lanes(lane);
  let mass = sums[0].a.w;
  let centre = sums[0].a.xyz / mass;
  let momentum = sums[0].b;
  workgroupBarrier();
  sum = Sums();
  for (var i = lane; i < system.atoms; i += WORKGROUP) {
    let r = positions[i].xyz - centre;
    sum.a += vec4f(masses[i] * cross(r, velocities[i].xyz - momentum / mass), 0.0);
    sum.b += masses[i] * r * r;
    sum.c += masses[i] * r.yxx * r.zzy;
  }
  sums[lane] = sum;
  add_lanes(lane);
  if lane != 0u { return; }
  let diagonal = sums[0].b / mass;
  let radius = sqrt(diagonal.x + diagonal.y + diagonal.z);
  let end = distance(positions[ends.first].xyz, positions[ends.last].xyz);
  for (var k = 0u; k < 3u; k++) {
    shape.centre[k] = centre[k];
    shape.momentum[k] = momentum[k];
    shape.angular_momentum[k] = sums[0].a[k];
    shape.gyration[k] = diagonal[k];
    shape.gyration[k + 3u] = sums[0].c[k] / mass;
  }
  let before = vec2f(radius, end) - vec2f(shape.radius_mean, shape.end_mean);
  let mean = vec2f(shape.radius_mean, shape.end_mean) + before / f32(frame.samples);
  let spread = before * (vec2f(radius, end) - mean);
  shape.radius = radius;
  shape.end_to_end = end;
  shape.radius_mean = mean.x;
  shape.end_mean = mean.y;
  shape.radius_spread += spread.x;
  shape.end_spread += spread.y;
}
