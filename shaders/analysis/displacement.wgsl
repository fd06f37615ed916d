// Mean-square displacement of each group of atoms since the reference, without the drift of the whole. Workgroup g does
// group g, the last one all atoms; each finds the drift itself.
//
//   d = Σ m (r − r₀) / Σ m    MSD_g = Σ_{i ∈ g} w |r − r₀ − d|² / Σ_{i ∈ g} w
//
//   positions [atoms]               xyz in Å, unwrapped
//   reference [atoms]               the same at the start
//   traits [atoms]                  x mass in u for the drift (all 0: none is removed), y weight, z group
//   series [CAPACITY + 1, GROUPS]   Å², a row per frame; the last row always holds the latest

import package::analysis::frame::Frame;
import package::common::system::System;
import constants::{WORKGROUP, GROUPS, CAPACITY};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> frame: Frame;
@group(0) @binding(2) var<storage, read> positions: array<vec4f>;
@group(0) @binding(3) var<storage, read> reference: array<vec4f>;
@group(0) @binding(4) var<storage, read> traits: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> series: array<f32>;

var<workgroup> sums: array<vec4f, WORKGROUP>;

/// Leaves the sum over all lanes in lane 0, which every lane may read afterwards.
fn add_lanes(lane: u32) {
  workgroupBarrier();
  for (var half = WORKGROUP / 2u; half > 0u; half /= 2u) {
    if lane < half { sums[lane] += sums[lane + half]; }
    workgroupBarrier();
  }
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) workgroup_id: vec3u) {
  if frame.fresh == 0u { return; }
  let group = workgroup_id.x;
  var sum = vec4f(0.0);
  for (var i = lane; i < system.atoms; i += WORKGROUP) {
    sum += traits[i].x * vec4f(positions[i].xyz - reference[i].xyz, 1.0);
  }
  sums[lane] = sum;
  add_lanes(lane);
  let drift = select(vec3f(0.0), sums[0].xyz / sums[0].w, sums[0].w > 0.0);
  workgroupBarrier();
  sum = vec4f(0.0);
  for (var i = lane; i < system.atoms; i += WORKGROUP) {
    if group + 1u != GROUPS && u32(traits[i].z) != group { continue; }
    let d = positions[i].xyz - reference[i].xyz - drift;
    sum += traits[i].y * vec4f(dot(d, d), 0.0, 0.0, 1.0);
  }
  sums[lane] = sum;
  add_lanes(lane);
  if lane != 0u { return; }
  let square = sums[0].x / sums[0].w;
  series[CAPACITY * GROUPS + group] = square;
  if frame.samples <= CAPACITY { series[(frame.samples - 1u) * GROUPS + group] = square; }
}
