// The work of the hand that pulls an atom by a spring: what the spring's energy changes by when the hand moves, takes hold
// or lets go, while the atom stays where it is.
//
//   W += U'(x) − U(x),   U = ½ k |x − target|² before, U' afterwards; x half a step back
//
// A step's first half kick is by the force of the spring as it was, its second one by that of the spring as it is: the
// spring changes in the middle of the drift, where x is the position less half a drift. As U' − U is linear in x, that is
// the trapezoid of the force on the hand over its way, and exactly so.
//
// Runs after the forces and before settle.wgsl, while velocities are those of the drift; stands still while
// status.overflow or status.halted is set. One invocation. A hand pulls the first replica only.

import package::dynamics::control::{Control, accumulate};
import package::dynamics::outside::{External, spring};
import package::dynamics::run::Run;
import package::neighbors::status::Status;

@group(0) @binding(0) var<uniform> run: Run;
@group(0) @binding(1) var<uniform> outside: External;
@group(0) @binding(2) var<storage, read> positions: array<vec4f>;
@group(0) @binding(3) var<storage, read> velocities: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> status: Status;
@group(0) @binding(5) var<storage, read_write> controls: array<Control>;

/// eV, in the middle of the drift
fn energy(atom: u32, pull: vec4f) -> f32 {
  let middle = positions[atom].xyz - 0.5 * run.timestep * velocities[atom].xyz;
  return spring(middle - pull.xyz, pull.w).w;
}

@compute @workgroup_size(1)
fn main() {
  if status.overflow != 0u || status.halted != 0u { return; }
  var control = controls[0];
  if control.pulled_atom == outside.pulled_atom && all(control.pull == outside.pull) { return; }
  let work = energy(outside.pulled_atom, outside.pull) - energy(control.pulled_atom, control.pull);
  let sum = accumulate(vec2f(control.hand, control.hand_lost), work);
  control.hand = sum.x;
  control.hand_lost = sum.y;
  control.pulled_atom = outside.pulled_atom;
  control.pull = outside.pull;
  controls[0] = control;
}
