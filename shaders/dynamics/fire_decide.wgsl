// FIRE 2.0 (Guénolé et al. 2020, doi:10.1016/j.commatsci.2020.109584; Bitzek et al. 2006,
// doi:10.1103/PhysRevLett.97.170201), semi-implicit Euler: after each evaluation of forces one workgroup looks at the power
// P = Σ F·v and decides what fire_move.wgsl does next.
//
//   P > 0   v ← (1 − α)(v + Δt F) + α |v + Δt F| F/|F|; after DELAY such steps in a row Δt grows and α shrinks
//   else    half a step back, v ← Δt F, Δt shrinks, α starts anew
//
// Then everything is scaled down so that no atom moves further than `furthest`, nor the cell strains more than LARGEST_STRAIN:
// the guard that lets a start with overlapping atoms come apart gently.
// The strain of the cell is one more coordinate, √N ε with force −(dE/dε + P V)/√N: as stiff as an atom's, whatever N.
//
//   outputs [atoms]      xyz force in eV/Å, w energy share in eV
//   velocities [atoms]   xyz, w 1 for an atom that may move, 0 for one that is held fast
//   virial [atoms, 3]    rows of dE/dstrain in eV      cells [1]
// One workgroup. A force that is no number sets status.fault.

import package::common::finite::is_finite;
import package::common::system::System;
import package::dynamics::fire::{CELL_ISOTROPIC, CELL_STAYS, Fire, FireSettings};
import package::dynamics::virial::symmetric_part;
import package::neighbors::edge::Cell;
import package::neighbors::status::Status;
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<uniform> settings: FireSettings;
@group(0) @binding(2) var<storage, read> outputs: array<vec4f>;
@group(0) @binding(3) var<storage, read> velocities: array<vec4f>;
@group(0) @binding(4) var<storage, read> virial: array<vec4f>;
@group(0) @binding(5) var<storage, read> cells: array<Cell>;
@group(0) @binding(6) var<storage, read_write> status: Status;
@group(0) @binding(7) var<storage, read_write> fire: Fire;

const LONGEST_TIMESTEP = 1.0;
const SHORTEST_TIMESTEP = 0.002;
const GROWTH = 1.1;
const SHRINKAGE = 0.5;
const MIXING = 0.25;
const MIXING_DECAY = 0.99;
const DELAY = 20u;
const LARGEST_STRAIN = 0.02;

struct Sums {
  /// F·v, F², v² and the energy
  power: f32,
  forces: f32,
  speeds: f32,
  energy: f32,
  virial: vec3f,
  virial_off: vec3f,
}

struct Largest {
  square: f32,
  atom: u32,
}

var<workgroup> sums: array<Sums, WORKGROUP>;
var<workgroup> largest: array<Largest, WORKGROUP>;
/// 2³² − 1 − the first atom with a force that is no number, or 0
var<workgroup> broken: atomic<u32>;
var<workgroup> keep: f32;
var<workgroup> push: f32;

/// Leaves the atom with the largest square in lane 0.
fn find_largest(lane: u32) {
  workgroupBarrier();
  for (var half = WORKGROUP / 2u; half > 0u; half /= 2u) {
    if lane < half && largest[lane + half].square > largest[lane].square { largest[lane] = largest[lane + half]; }
    workgroupBarrier();
  }
}

/// Force on each component of √N strain.
fn cell_force(total: Sums, volume: f32) -> array<f32, 6> {
  var force = array<f32, 6>(0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
  if settings.cell == CELL_STAYS { return force; }
  let scale = 1.0 / sqrt(f32(system.atoms));
  let diagonal = -(total.virial + settings.pressure * volume);
  let mean = (diagonal.x + diagonal.y + diagonal.z) / 3.0;
  for (var k = 0u; k < 3u; k++) {
    force[k] = scale * select(diagonal[k], mean, settings.cell == CELL_ISOTROPIC);
    force[k + 3u] = select(-scale * total.virial_off[k], 0.0, settings.cell == CELL_ISOTROPIC);
  }
  return force;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum: Sums;
  var most = Largest(-1.0, 0u);
  for (var i = lane; i < system.atoms; i += WORKGROUP) {
    sum.energy += outputs[i].w;
    let v = velocities[i];
    let f = v.w * outputs[i].xyz;
    let square = dot(f, f);
    // Squares beyond float32 count as broken, too: no step can follow such a force.
    if !is_finite(vec4f(f, square)) { atomicMax(&broken, 0xffffffffu - i); }
    sum.power += dot(f, v.xyz);
    sum.forces += square;
    sum.speeds += dot(v.xyz, v.xyz);
    if square > most.square { most = Largest(square, i); }
    if settings.cell != CELL_STAYS {
      let w = symmetric_part(virial[3u * i].xyz, virial[3u * i + 1u].xyz, virial[3u * i + 2u].xyz);
      sum.virial += w.diagonal;
      sum.virial_off += w.off;
    }
  }
  sums[lane] = sum;
  largest[lane] = most;
  workgroupBarrier();
  for (var half = WORKGROUP / 2u; half > 0u; half /= 2u) {
    if lane < half {
      let other = sums[lane + half];
      sums[lane].power += other.power;
      sums[lane].forces += other.forces;
      sums[lane].speeds += other.speeds;
      sums[lane].energy += other.energy;
      sums[lane].virial += other.virial;
      sums[lane].virial_off += other.virial_off;
    }
    workgroupBarrier();
  }
  find_largest(lane);

  // A list that did not fit has no forces to decide upon.
  let stands = status.overflow != 0u || status.halted != 0u || fire.converged != 0u;
  if lane == 0u && !stands { decide(sums[0], largest[0]); }
  workgroupBarrier();

  // How far the furthest atom would go.
  most = Largest(0.0, 0u);
  for (var i = lane; i < system.atoms; i += WORKGROUP) {
    let v = velocities[i];
    let next = keep * v.xyz + push * v.w * outputs[i].xyz;
    most.square = max(most.square, dot(next, next));
  }
  largest[lane] = most;
  find_largest(lane);
  if lane != 0u || stands { return; }
  var excess = fire.timestep * sqrt(largest[0].square) / settings.furthest;
  let strain = fire.timestep / sqrt(f32(system.atoms)) / LARGEST_STRAIN;
  for (var k = 0u; k < 6u; k++) {
    excess = max(excess, strain * abs(keep * fire.cell_velocity[k] + push * fire.cell_force[k]));
  }
  fire.keep = keep / max(excess, 1.0);
  fire.push = push / max(excess, 1.0);
}

/// By lane 0 alone.
fn decide(total: Sums, top: Largest) {
  let cell = cells[0];
  let volume = abs(dot(cell.rows[0].xyz, cross(cell.rows[1].xyz, cell.rows[2].xyz)));
  let force = cell_force(total, volume);
  fire.cell_force = force;
  var power = total.power;
  var forces = total.forces;
  var speeds = total.speeds;
  var pull = 0.0;
  for (var k = 0u; k < 6u; k++) {
    // Off-diagonal components stand for two.
    let weight = select(1.0, 2.0, k >= 3u);
    power += weight * force[k] * fire.cell_velocity[k];
    forces += weight * force[k] * force[k];
    speeds += weight * fire.cell_velocity[k] * fire.cell_velocity[k];
    pull = max(pull, abs(force[k]));
  }
  fire.energy = total.energy;
  fire.force = sqrt(max(top.square, 0.0));
  fire.atom = top.atom;
  for (var k = 0u; k < 3u; k++) {
    fire.virial[k] = total.virial[k];
    fire.virial[k + 3u] = total.virial_off[k];
    for (var x = 0u; x < 3u; x++) { fire.cell[3u * k + x] = cell.rows[k][x]; }
  }
  if fire.moved != 0u { status.step += 1u; }
  fire.moved = 0u;
  let fault = atomicLoad(&broken);
  if fault != 0u || !is_finite(vec4f(forces, total.energy, pull, 0.0)) {
    atomicMax(&status.fault, max(fault, 0xffffffffu - top.atom));
    status.halted = 1u;
    keep = 0.0;
    push = 0.0;
    return;
  }
  // Per atom, as ASE's filters of cells count it.
  if fire.force <= settings.fmax && pull / sqrt(f32(system.atoms)) <= settings.fmax {
    fire.converged = 1u;
    return;
  }
  let former = fire.timestep;
  if power > 0.0 {
    fire.back = 0.0;
    fire.downhill += 1u;
    if fire.downhill > DELAY {
      fire.timestep = min(fire.timestep * GROWTH, LONGEST_TIMESTEP);
      fire.mixing *= MIXING_DECAY;
    }
    // |v + Δt F| from the sums
    let dt = fire.timestep;
    let speed = sqrt(max(speeds + 2.0 * dt * power + dt * dt * forces, 0.0));
    keep = 1.0 - fire.mixing;
    push = keep * dt + fire.mixing * speed / sqrt(max(forces, 1e-30));
    return;
  }
  // Never before the first move: then there is nothing to go back from.
  if speeds > 0.0 {
    fire.timestep = max(fire.timestep * SHRINKAGE, SHORTEST_TIMESTEP);
    fire.mixing = MIXING;
  }
  fire.downhill = 0u;
  fire.back = 0.5 * former;
  keep = 0.0;
  push = fire.timestep;
}
