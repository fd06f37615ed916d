// A hand on the velocities of some atoms: slower, faster, backwards, stirred, pushed, held fast or let go.
//
//   v ← scale v + push + stir √(1/m) ξ
//
//   handled [atoms]     1/m in 1/u that the atom has from now on, 0 to hold it fast; negative: left alone
//   velocities [atoms]  xyz in Å/fs, w 1/m in 1/u
//   remainder [atoms]   w: eV, the heat of this, too
//
// An atom that is held fast loses what kinetic energy it had; one that is let go starts from rest. Stands still while
// status.overflow or status.halted is set. One invocation per atom.

import package::common::finite::is_finite;
import package::common::index::flat_index;
import package::common::random::normal_vector;
import package::common::system::System;
import package::dynamics::run::ACCELERATION;
import package::neighbors::status::Status;
import constants::WORKGROUP;

struct Nudge {
  /// Å/fs
  push: vec3f,
  scale: f32,
  seed: vec2u,
  /// √(kT) in units that make velocities in Å/fs of it, with 1/m in 1/u
  stir: f32,
}

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<uniform> nudge: Nudge;
@group(0) @binding(2) var<storage, read> handled: array<f32>;
@group(0) @binding(3) var<storage, read_write> velocities: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> remainder: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> status: Status;

fn kinetic(velocity: vec4f) -> f32 {
  if velocity.w <= 0.0 { return 0.0; }
  return 0.5 * dot(velocity.xyz, velocity.xyz) / (ACCELERATION * velocity.w);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms || status.overflow != 0u || status.halted != 0u || handled[i] < 0.0 { return; }
  let before = velocities[i];
  var after = vec4f(0.0, 0.0, 0.0, handled[i]);
  if handled[i] > 0.0 {
    var moved = nudge.scale * before.xyz + nudge.push;
    if nudge.stir > 0.0 { moved += nudge.stir * sqrt(handled[i]) * normal_vector(nudge.seed, status.step, i); }
    after = vec4f(moved, handled[i]);
  }
  velocities[i] = after;
  remainder[i].w += kinetic(after) - kinetic(before);
}
