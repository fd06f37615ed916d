// Global thermostats and the barostat: after each step one workgroup per replica sums the kinetic energy (and, where the
// cell moves, the virial) and decides by how much the next step scales its velocities and strains its cell.
//
// Stochastic velocity rescaling (Bussi, Donadio, Parrinello 2007, doi:10.1063/1.2408420, eq. A7), K̄ = f kT/2:
//   α² = c + (1 − c) K̄/(f K) Σ_{1..f} R² + 2 R₁ √(c (1 − c) K̄/(f K)),  c = exp(−Δt/τ)
// Nosé–Hoover chain of three (Martyna, Tuckerman, Tobias, Klein 1996, doi:10.1080/00268979600100761, eqs. 29–34),
//   Q₁ = f kT τ², Q₂ = Q₃ = kT τ²: one whole step between two steps of the atoms.
// Stochastic cell rescaling (Bernetti & Bussi 2020, doi:10.1063/5.0020514), in the log strain ε of the volume:
//   dε = −(β/τ) (P₀ − P) dt + √(2 kT β/(V τ)) dW, shared by the three axes; anisotropic: each axis k for itself,
//   dε_k = −(β/3τ) (P₀ − P_kk) dt + √(2 kT β/(3 V τ)) dW_k.  P V = Σ m v⊗v − dE/dstrain.
// Work on the system by a strain is −½ (P V before + P V after) · ε: the trapezoid rule leaves an error of order ε³.
//
//   velocities [atoms]  xyz in Å/fs, w 1/m in 1/u     virial [atoms, 3]  rows of dE/dstrain in eV
//   cells, controls [replicas]
// One workgroup per replica.

import package::common::random::{normal_pair, philox, uniform_open};
import package::common::system::System;
import package::dynamics::control::{Control, accumulate};
import package::dynamics::replicas::atoms_per_replica;
import package::dynamics::run::{ACCELERATION, BUSSI, NOSE_HOOVER, Run, thermal_of};
import package::neighbors::edge::Cell;
import package::neighbors::status::Status;
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<uniform> run: Run;
@group(0) @binding(2) var<storage, read> velocities: array<vec4f>;
@group(0) @binding(3) var<storage, read> virial: array<vec4f>;
@group(0) @binding(4) var<storage, read> cells: array<Cell>;
@group(0) @binding(5) var<storage, read_write> status: Status;
@group(0) @binding(6) var<storage, read_write> controls: array<Control>;

struct Sums {
  /// ½ Σ m v_k² in eV
  kinetic: vec3f,
  /// diagonal of dE/dstrain in eV
  virial: vec3f,
}

var<workgroup> sums: array<Sums, WORKGROUP>;
/// Of this replica: read once, written back at the end.
var<private> control: Control;

/// When and for whom numbers are drawn.
struct Draw {
  step: u32,
  replica: u32,
}

/// Random bits of this draw; `purpose` keeps its draws apart, the second word keeps them apart from those of atoms.
fn random_bits(draw: Draw, purpose: u32) -> vec4u {
  return philox(vec4u(draw.step, 0xffffffffu, purpose, draw.replica), run.seed);
}

/// Sum of the squares of n independent standard normal numbers: 2 Γ(n/2), by Marsaglia & Tsang 2000
/// (doi:10.1145/358407.358414) for whole shapes, and one more square for odd n.
fn sum_of_squares(n: u32, draw: Draw) -> f32 {
  var sum = 0.0;
  if n % 2u == 1u {
    let r = normal_pair(random_bits(draw, 2u).xy).x;
    sum = r * r;
  }
  let shape = f32(n / 2u);
  if shape == 0.0 { return sum; }
  let d = shape - 0.33333333;
  let c = 1.0 / sqrt(9.0 * d);
  // A draw is refused in fewer than 5 of 100 cases, so the bound is never met.
  for (var attempt = 0u; attempt < 64u; attempt++) {
    let bits = random_bits(draw, 3u + attempt);
    let x = normal_pair(bits.xy).x;
    let t = 1.0 + c * x;
    if t <= 0.0 { continue; }
    let v = t * t * t;
    if log(uniform_open(bits.z)) < 0.5 * x * x + d * (1.0 - v + log(v)) { return sum + 2.0 * d * v; }
  }
  return sum + 2.0 * shape;
}

fn bussi_factor(kinetic: f32, thermal: f32, draw: Draw) -> f32 {
  let c = run.memory;
  let share = (1.0 - c) * thermal / (2.0 * kinetic);
  let r = normal_pair(random_bits(draw, 1u).xy).x;
  let others = sum_of_squares(u32(run.freedom) - 1u, draw);
  return sqrt(max(c + share * (r * r + others) + 2.0 * r * sqrt(c * share), 0.0));
}

/// Half a step of the chain; returns the factor on the velocities.
fn chain_factor(kinetic: f32, thermal: f32) -> f32 {
  let quarter = 0.25 * run.timestep;
  let per_mass = 1.0 / (run.relaxation * run.relaxation);
  var w = control.chain;
  let first_mass = run.freedom * thermal / per_mass;
  let mass = thermal / per_mass;
  w.z += (first_square(w.y, mass) - thermal) / mass * quarter;
  w.y = damped(w.y, w.z, (first_square(w.x, first_mass) - thermal) / mass, quarter);
  w.x = damped(w.x, w.y, (2.0 * kinetic - run.freedom * thermal) / first_mass, quarter);
  let factor = exp(-2.0 * quarter * w.x);
  let after = kinetic * factor * factor;
  w.x = damped(w.x, w.y, (2.0 * after - run.freedom * thermal) / first_mass, quarter);
  w.y = damped(w.y, w.z, (first_square(w.x, first_mass) - thermal) / mass, quarter);
  w.z += (first_square(w.y, mass) - thermal) / mass * quarter;
  control.chain = w;
  return factor;
}

/// Q w²
fn first_square(w: f32, mass: f32) -> f32 { return mass * w * w; }

/// A chain velocity after a quarter step under its force, damped by the next one on either side of it.
fn damped(w: f32, next: f32, force: f32, quarter: f32) -> f32 {
  let brake = exp(-0.5 * quarter * next);
  return (w * brake + force * quarter) * brake;
}

/// −Σ P_kk V ε_k
fn work_of(strain: vec3f, pressure_volume: vec3f) -> f32 { return -dot(pressure_volume, strain); }

fn next_strain(pressure_volume: vec3f, volume: f32, thermal: f32, draw: Draw) -> vec3f {
  let time = run.timestep * f32(run.barostat_interval);
  let bits = random_bits(draw, 100u);
  let a = normal_pair(bits.xy);
  let b = normal_pair(bits.zw);
  let stress = pressure_volume / volume;
  let spread = 2.0 * thermal * run.mobility * time / volume;
  if run.anisotropic == 1u {
    return run.mobility / 3.0 * time * (stress - run.pressure) + sqrt(spread / 3.0) * vec3f(a, b.x);
  }
  let mean = (stress.x + stress.y + stress.z) / 3.0;
  return vec3f((run.mobility * time * (mean - run.pressure) + sqrt(spread) * a.x) / 3.0);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3u) {
  let replica = group.x;
  let count = atoms_per_replica(system);
  let first = replica * count;
  var sum: Sums;
  for (var i = first + lane; i < first + count; i += WORKGROUP) {
    let v = velocities[i];
    if v.w > 0.0 { sum.kinetic += 0.5 * v.xyz * v.xyz / (ACCELERATION * v.w); }
    if run.barostat_interval > 0u {
      sum.virial += vec3f(virial[3u * i].x, virial[3u * i + 1u].y, virial[3u * i + 2u].z);
    }
  }
  sums[lane] = sum;
  workgroupBarrier();
  for (var half = WORKGROUP / 2u; half > 0u; half /= 2u) {
    if lane < half {
      sums[lane].kinetic += sums[lane + half].kinetic;
      sums[lane].virial += sums[lane + half].virial;
    }
    workgroupBarrier();
  }
  if lane != 0u || status.overflow != 0u || status.halted != 0u { return; }

  control = controls[replica];
  let draw = Draw(status.step, replica);
  let thermal = thermal_of(control.thermal, run, draw.step);
  let each = sums[0].kinetic;
  let kinetic = each.x + each.y + each.z;

  if any(control.applied != vec3f(0.0)) {
    let term = control.half_work + 0.5 * work_of(control.applied, 2.0 * each - sums[0].virial);
    let work = accumulate(vec2f(control.work, control.work_lost), term);
    control.work = work.x;
    control.work_lost = work.y;
    control.applied = vec3f(0.0);
  }

  var factor = 1.0;
  if kinetic > 0.0 && run.freedom > 0.0 {
    if run.thermostat == BUSSI { factor = bussi_factor(kinetic, thermal, draw); }
    if run.thermostat == NOSE_HOOVER {
      factor = chain_factor(kinetic, thermal);
      factor *= chain_factor(kinetic * factor * factor, thermal);
    }
  }
  control.scale = factor;
  control.pending_heat = kinetic * (factor * factor - 1.0);

  if run.barostat_interval > 0u && draw.step % run.barostat_interval == 0u {
    let cell = cells[replica];
    let volume = abs(dot(cell.rows[0].xyz, cross(cell.rows[1].xyz, cell.rows[2].xyz)));
    let pressure_volume = 2.0 * factor * factor * each - sums[0].virial;
    control.strain = next_strain(pressure_volume, volume, thermal, draw);
    control.applied = control.strain;
    control.half_work = 0.5 * work_of(control.strain, pressure_volume);
  }
  controls[replica] = control;
}
