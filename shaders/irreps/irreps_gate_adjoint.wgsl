// Adjoint of irreps_gate.wgsl: gx = gy σ(gate),  g_gate = σ'(gate) Σ over components of gy x. SPEC equiformer 10.
//
//   0 gates [CHANNELS]    1 x [parts, CHANNELS]     as in irreps_gate.wgsl
//   2 gy [parts, CHANNELS]
//   3 gate gradient [CHANNELS]   may be where the gates are    4 gx [parts, CHANNELS]   may be where x or gy is

import package::atomwise::operation::{Operation, Share, pick, place};
import package::irreps::activations::{normalized_sigmoid, normalized_sigmoid_derivative};
import constants::WORKGROUP;

fn irreps_gate_adjoint(op: Operation, share: Share) {
  let width = op.outputs4;
  for (var item = share.lane; item < share.count * width; item += WORKGROUP) {
    let i = share.first + item / width;
    let c = item % width;
    let gate = pick(op.rows[0], i, 0u, c);
    // A sum of its own: loads that no store stands between wait together.
    var along = vec4f(0.0);
    for (var part = 0u; part < op.parts; part++) {
      along += pick(op.rows[2], i, part, c) * pick(op.rows[1], i, part, c);
    }
    place(op.rows[3], i, 0u, c, along * normalized_sigmoid_derivative(gate));
    let factor = normalized_sigmoid(gate);
    for (var part = 0u; part < op.parts; part++) {
      place(op.rows[4], i, part, c, pick(op.rows[2], i, part, c) * factor);
    }
  }
}
