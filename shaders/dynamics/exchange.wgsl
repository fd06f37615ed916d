// Replica exchange (Sugita & Okamoto 1999, doi:10.1016/S0009-2614(99)01123-9): whether the replicas i and j on two
// neighbouring rungs of the ladder swap their temperatures,
//
//   P = min(1, e^Δ),  Δ = (β_i − β_j)(U_i − U_j),  β = 1/kB T.
//
// The pairs (0, 1), (2, 3), … and (1, 2), (3, 4), … take turns; two rungs are one pair, every time. Replicas that swap
// have their velocities scaled by √(T new / T old) (exchange_velocities.wgsl), and what that brings is put to account.
//
//   observables [replicas]  U and K of the moment
//   controls [replicas]     the temperature of each; heat received
//   rungs [replicas]        rising temperatures, who is there, and exchanges so far
//   climbers [replicas]     rung and travels of each
//
// One workgroup; a lane takes a pair, or a rung that has no partner this time.

import package::common::random::{philox, uniform_open};
import package::common::system::System;
import package::dynamics::control::{Control, accumulate};
import package::dynamics::ladder::{BOTTOM, Climber, Rung, TOP};
import package::dynamics::observables::Observables;
import package::dynamics::run::Run;
import package::neighbors::status::Status;
import constants::WORKGROUP;

/// In the third word of a draw's counter: beyond the purposes of regulate.wgsl.
const PURPOSE = 200u;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<uniform> run: Run;
@group(0) @binding(2) var<uniform> settings: Settings;
@group(0) @binding(3) var<storage, read_write> status: Status;
@group(0) @binding(4) var<storage, read> observables: array<Observables>;
@group(0) @binding(5) var<storage, read_write> controls: array<Control>;
@group(0) @binding(6) var<storage, read_write> rungs: array<Rung>;
@group(0) @binding(7) var<storage, read_write> climbers: array<Climber>;

struct Settings {
  /// steps between exchanges
  every: u32,
}

/// Puts a replica on a rung of another temperature.
fn move_to(replica: u32, rung: u32) {
  let before = controls[replica].thermal;
  let thermal = rungs[rung].thermal;
  controls[replica].thermal = thermal;
  let heat = observables[replica].kinetic * (thermal / before - 1.0);
  let account = accumulate(vec2f(controls[replica].heat, controls[replica].heat_lost), heat);
  controls[replica].heat = account.x;
  controls[replica].heat_lost = account.y;
  rungs[rung].replica = replica;
  climbers[replica].rung = rung;
  climbers[replica].factor = sqrt(thermal / before);
  if rung == 0u {
    if climbers[replica].end == TOP { climbers[replica].round_trips += 1u; }
    climbers[replica].end = BOTTOM;
  } else if rung == system.molecules - 1u && climbers[replica].end == BOTTOM {
    climbers[replica].end = TOP;
  }
}

fn try_pair(low: u32, step: u32) {
  let i = rungs[low].replica;
  let j = rungs[low + 1u].replica;
  climbers[i].factor = 1.0;
  climbers[j].factor = 1.0;
  rungs[low].tried += 1u;
  let betas = 1.0 / rungs[low].thermal - 1.0 / rungs[low + 1u].thermal;
  let delta = betas * (observables[i].potential - observables[j].potential);
  // The second word keeps draws apart from those of atoms, the fourth those of the pairs.
  let bits = philox(vec4u(step, 0xffffffffu, PURPOSE, low), run.seed);
  if log(uniform_open(bits.x)) < delta {
    rungs[low].made += 1u;
    move_to(i, low + 1u);
    move_to(j, low);
  }
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) lane: u32) {
  if status.overflow != 0u || status.halted != 0u { return; }
  let count = system.molecules;
  let step = status.step;
  let turn = select((step / settings.every + 1u) % 2u, 0u, count == 2u);
  for (var rung = lane; rung < count; rung += WORKGROUP) {
    let is_low = rung % 2u == turn && rung + 1u < count;
    let is_high = rung % 2u != turn && rung > 0u;
    if is_low { try_pair(rung, step); }
    if !is_low && !is_high { climbers[rungs[rung].replica].factor = 1.0; }
  }
}
