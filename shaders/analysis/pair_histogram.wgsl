// Counts pairs of atoms by distance: histogram[p, floor(r / R_MAX · BINS)] += 1 for every pair with r < R_MAX, each atom
// with every image of every other and with its own images, each pair once. p numbers the pairs of species a ≤ b:
// p = a SPECIES − a (a − 1)/2 + b − a. Counts are whole numbers, so that their order does not matter.
//
//   positions [atoms]                xyz in Å
//   species [atoms]                  below SPECIES
//   cells [1]                        cell; none where no axis repeats
//   histogram [pairs, BINS]          of this frame
//
// An invocation per atom i; its workgroup takes the atoms j ≥ i through tiles of shared memory.

import package::analysis::frame::Frame;
import package::common::system::System;
import package::neighbors::edge::{Cell, image_reach, shifted, wrapped};
import constants::{WORKGROUP, SPECIES, BINS, R_MAX};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> frame: Frame;
@group(0) @binding(2) var<storage, read> positions: array<vec4f>;
@group(0) @binding(3) var<storage, read> species: array<u32>;
@group(0) @binding(4) var<storage, read> cells: array<Cell>;
@group(0) @binding(5) var<storage, read_write> histogram: array<atomic<u32>>;

/// xyz in Å, w species
var<workgroup> tile: array<vec4f, WORKGROUP>;

/// Of n and −n one is positive, 0 is not.
fn positive(n: vec3i) -> bool {
  return n.x > 0 || (n.x == 0 && (n.y > 0 || (n.y == 0 && n.z > 0)));
}

fn count(a: u32, b: u32, r: f32) {
  if r >= R_MAX { return; }
  let low = min(a, b);
  // a (a − 1)/2 as a (a + 1)/2 − a, because 0 − 1 is no u32.
  let pair = low * SPECIES + low - low * (low + 1u) / 2u + max(a, b) - low;
  let bin = min(u32(r * (f32(BINS) / R_MAX)), BINS - 1u);
  atomicAdd(&histogram[pair * BINS + bin], 1u);
}

/// All pairs of atom i with the atoms of the tile, from `start` on, that are not before it.
fn visit(i: u32, me: vec4f, start: u32, cell: Cell, reach: vec3i) {
  for (var k = 0u; k < min(WORKGROUP, system.atoms - start); k++) {
    let j = start + k;
    if j < i { continue; }
    let d = wrapped(tile[k].xyz - me.xyz, cell);
    for (var a = -reach.x; a <= reach.x; a++) {
      for (var b = -reach.y; b <= reach.y; b++) {
        for (var c = -reach.z; c <= reach.z; c++) {
          let n = vec3i(a, b, c);
          if j == i && !positive(n) { continue; }
          count(u32(me.w), u32(tile[k].w), length(shifted(d, cell, n)));
        }
      }
    }
  }
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) workgroup_id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  if frame.fresh == 0u { return; }
  let first = (workgroup_id.x + workgroup_id.y * groups.x) * WORKGROUP;
  let i = first + lane;
  var me = vec4f(0.0);
  if i < system.atoms { me = vec4f(positions[i].xyz, f32(species[i])); }
  let cell = cells[0];
  let reach = image_reach(cell, R_MAX);
  for (var start = first; start < system.atoms; start += WORKGROUP) {
    workgroupBarrier();
    let mine = start + lane;
    if mine < system.atoms { tile[lane] = vec4f(positions[mine].xyz, f32(species[mine])); }
    workgroupBarrier();
    if i < system.atoms { visit(i, me, start, cell, reach); }
  }
}
