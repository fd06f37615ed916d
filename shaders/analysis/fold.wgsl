// Adds one frame's histogram to totals of 64 bits and clears it; keeps the mean volume. An invocation per bin.
//
//   histogram [COUNT]   of this frame, left at 0
//   totals [COUNT]      low and high word
//   cells [1]           the frame's cell
//   volume              Å³, mean over the frames of |a · (b × c)|

import package::analysis::frame::Frame;
import package::common::index::flat_index;
import package::neighbors::edge::Cell;
import constants::{WORKGROUP, COUNT};

@group(0) @binding(0) var<storage, read> frame: Frame;
@group(0) @binding(1) var<storage, read> cells: array<Cell>;
@group(0) @binding(2) var<storage, read_write> histogram: array<u32>;
@group(0) @binding(3) var<storage, read_write> totals: array<vec2u>;
@group(0) @binding(4) var<storage, read_write> volume: f32;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  if frame.fresh == 0u { return; }
  let i = flat_index(id, groups, WORKGROUP);
  if i >= COUNT { return; }
  let low = totals[i].x + histogram[i];
  let carry = select(0u, 1u, low < histogram[i]);
  totals[i] = vec2u(low, totals[i].y + carry);
  histogram[i] = 0u;
  if i == 0u {
    let cell = cells[0];
    let space = abs(dot(cell.rows[0].xyz, cross(cell.rows[1].xyz, cell.rows[2].xyz)));
    volume += (space - volume) / f32(frame.samples);
  }
}
