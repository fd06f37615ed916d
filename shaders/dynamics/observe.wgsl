// Sums over the atoms of each replica, by one workgroup each: a lane adds every WORKGROUP-th atom, then the lanes are
// added in pairs.
//
//   outputs [atoms]      w energy share in eV
//   velocities [atoms]   xyz in Å/fs, w 1/m in 1/u
//   remainder [atoms]    w eV, heat given by the Langevin thermostat
//   virial [atoms, 3]    rows of dE/dstrain in eV
//   observables [replicas]  what the host reads back, together with status, cells and accounts

import package::common::system::System;
import package::dynamics::control::Control;
import package::dynamics::observables::Observables;
import package::dynamics::replicas::atoms_per_replica;
import package::dynamics::run::ACCELERATION;
import package::dynamics::virial::symmetric_part;
import package::neighbors::edge::Cell;
import package::neighbors::status::Status;
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> outputs: array<vec4f>;
@group(0) @binding(2) var<storage, read> velocities: array<vec4f>;
@group(0) @binding(3) var<storage, read> remainder: array<vec4f>;
@group(0) @binding(4) var<storage, read> virial: array<vec4f>;
@group(0) @binding(5) var<storage, read> cells: array<Cell>;
@group(0) @binding(6) var<storage, read> controls: array<Control>;
@group(0) @binding(7) var<storage, read_write> status: Status;
@group(0) @binding(8) var<storage, read_write> observables: array<Observables>;

struct Sums {
  /// potential, kinetic, heat
  energies: vec3f,
  momentum: vec3f,
  motion: vec3f,
  motion_off: vec3f,
  virial: vec3f,
  virial_off: vec3f,
}

struct Hottest {
  kinetic: f32,
  atom: u32,
}

var<workgroup> sums: array<Sums, WORKGROUP>;
var<workgroup> hottest: array<Hottest, WORKGROUP>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3u) {
  let replica = group.x;
  let count = atoms_per_replica(system);
  let first = replica * count;
  var sum: Sums;
  var most = Hottest(-1.0, 0u);
  for (var i = first + lane; i < first + count; i += WORKGROUP) {
    let v = velocities[i];
    var kinetic = 0.0;
    if v.w > 0.0 {
      let p = v.xyz / v.w;
      kinetic = 0.5 * dot(v.xyz, p) / ACCELERATION;
      sum.momentum += p;
      sum.motion += v.xyz * p / ACCELERATION;
      sum.motion_off += v.yxx * p.zzy / ACCELERATION;
    }
    if kinetic > most.kinetic { most = Hottest(kinetic, i); }
    sum.energies += vec3f(outputs[i].w, kinetic, remainder[i].w);
    let w = symmetric_part(virial[3u * i].xyz, virial[3u * i + 1u].xyz, virial[3u * i + 2u].xyz);
    sum.virial += w.diagonal;
    sum.virial_off += w.off;
  }
  sums[lane] = sum;
  hottest[lane] = most;
  workgroupBarrier();
  for (var half = WORKGROUP / 2u; half > 0u; half /= 2u) {
    if lane < half {
      let other = sums[lane + half];
      sums[lane].energies += other.energies;
      sums[lane].momentum += other.momentum;
      sums[lane].motion += other.motion;
      sums[lane].motion_off += other.motion_off;
      sums[lane].virial += other.virial;
      sums[lane].virial_off += other.virial_off;
      if hottest[lane + half].kinetic > hottest[lane].kinetic { hottest[lane] = hottest[lane + half]; }
    }
    workgroupBarrier();
  }
  if lane != 0u { return; }
  let total = sums[0];
  var result: Observables;
  result.potential = total.energies.x;
  result.kinetic = total.energies.y;
  result.heat = total.energies.z + controls[replica].heat;
  result.work = controls[replica].work;
  result.hand = controls[replica].hand;
  for (var k = 0u; k < 3u; k++) {
    result.momentum[k] = total.momentum[k];
    result.motion[k] = total.motion[k];
    result.motion[k + 3u] = total.motion_off[k];
    result.virial[k] = total.virial[k];
    result.virial[k + 3u] = total.virial_off[k];
    for (var x = 0u; x < 3u; x++) { result.cell[3u * k + x] = cells[replica].rows[k][x]; }
  }
  result.hottest = hottest[0].atom;
  result.edges = status.edges;
  result.overflow = status.overflow;
  result.fault = atomicLoad(&status.fault);
  result.step = status.step;
  observables[replica] = result;
}
