// Sums over all atoms, by one workgroup: each lane adds every WORKGROUP-th atom, then the lanes are added in pairs.
//
//   outputs [atoms]      w energy share in eV
//   velocities [atoms]   xyz in Å/fs, w 1/m in 1/u
//   observables          what the host reads back, together with the status

import package::common::system::System;
import package::dynamics::run::ACCELERATION;
import package::neighbors::status::Status;
import constants::WORKGROUP;

/// Field by field as OBSERVABLES in src/dynamics/observables.ts.
struct Observables {
  /// eV, without reference energies
  potential: f32,
  /// eV
  kinetic: f32,
  edges: u32,
  overflow: u32,
  fault: u32,
  step: u32,
}

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> outputs: array<vec4f>;
@group(0) @binding(2) var<storage, read> velocities: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> status: Status;
@group(0) @binding(4) var<storage, read_write> observables: Observables;

var<workgroup> sums: array<vec2f, WORKGROUP>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = vec2f(0.0);
  for (var i = lane; i < system.atoms; i += WORKGROUP) {
    let v = velocities[i];
    sum += vec2f(outputs[i].w, 0.5 * dot(v.xyz, v.xyz) / (ACCELERATION * v.w));
  }
  sums[lane] = sum;
  workgroupBarrier();
  for (var half = WORKGROUP / 2u; half > 0u; half /= 2u) {
    if lane < half { sums[lane] += sums[lane + half]; }
    workgroupBarrier();
  }
  if lane == 0u {
    observables.potential = sums[0].x;
    observables.kinetic = sums[0].y;
    observables.edges = status.edges;
    observables.overflow = status.overflow;
    observables.fault = atomicLoad(&status.fault);
    observables.step = status.step;
  }
}
