// Correlation of the latest frame's velocities with those of a lag before, averaged over all frames so far:
//
//   C(l) = ⟨ Σ_i w_i v_i(t) · v_i(t − l) ⟩_t
//
// A workgroup per lag l < WINDOW; each lane adds every WORKGROUP-th atom, then the lanes are added in pairs. The running
// mean C += (x − C)/n keeps its digits where a sum of many frames would not.
//
//   ring [WINDOW, atoms]    xyz in Å/fs, frame t in row t mod WINDOW
//   weights [atoms]         u, or whatever weighs
//   correlation [WINDOW]    u Å²/fs²

import package::analysis::frame::Frame;
import package::common::system::System;
import constants::{WORKGROUP, WINDOW};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> frame: Frame;
@group(0) @binding(2) var<storage, read> ring: array<vec4f>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read_write> correlation: array<f32>;

var<workgroup> sums: array<f32, WORKGROUP>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) workgroup_id: vec3u) {
  let lag = workgroup_id.x;
  if frame.fresh == 0u || lag >= frame.samples { return; }
  let now = (frame.samples - 1u) % WINDOW * system.atoms;
  let then = (frame.samples - 1u - lag) % WINDOW * system.atoms;
  var sum = 0.0;
  for (var i = lane; i < system.atoms; i += WORKGROUP) {
    sum += weights[i] * dot(ring[now + i].xyz, ring[then + i].xyz);
  }
  sums[lane] = sum;
  workgroupBarrier();
  for (var half = WORKGROUP / 2u; half > 0u; half /= 2u) {
    if lane < half { sums[lane] += sums[lane + half]; }
    workgroupBarrier();
  }
  if lane == 0u { correlation[lag] += (sums[0] - correlation[lag]) / f32(frame.samples - lag); }
}
