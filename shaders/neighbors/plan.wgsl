// Bins for the present cell and atoms: as many along each axis as keep them at least REACH wide (cutoff and skin), so
// that a neighbour is never further than the next bin; fewer where there would be more bins than atoms. Where a cell is
// narrower than REACH, a bin is visited several times, as its periodic images.
//
//   flags  shaders/neighbors/status.wgsl word by word (the last one is `stale`), read only so that it is uniform
// One workgroup: along axes that do not repeat, the lanes look for the first and the last atom.

import package::common::system::System;
import package::neighbors::edge::Cell;
import package::neighbors::grid::Grid;
import constants::{WORKGROUP, REACH, STALE};

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> positions: array<vec4f>;
@group(0) @binding(2) var<storage, read> cells: array<Cell>;
@group(0) @binding(3) var<storage, read> flags: array<u32>;
@group(0) @binding(4) var<storage, read_write> grid: Grid;

struct Bounds {
  low: vec3f,
  high: vec3f,
}

var<workgroup> bounds: array<Bounds, WORKGROUP>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) lane: u32) {
  if flags[STALE] == 0u {
    if lane == 0u { grid.building = 0u; }
    return;
  }
  var own = Bounds(vec3f(3e38), vec3f(-3e38));
  for (var i = lane; i < system.atoms; i += WORKGROUP) {
    let x = positions[i].xyz;
    let s = vec3f(dot(x, cells[0].inverse[0].xyz), dot(x, cells[0].inverse[1].xyz), dot(x, cells[0].inverse[2].xyz));
    own = Bounds(min(own.low, s), max(own.high, s));
  }
  bounds[lane] = own;
  workgroupBarrier();
  for (var half = WORKGROUP / 2u; half > 0u; half /= 2u) {
    if lane < half {
      bounds[lane].low = min(bounds[lane].low, bounds[lane + half].low);
      bounds[lane].high = max(bounds[lane].high, bounds[lane + half].high);
    }
    workgroupBarrier();
  }
  if lane != 0u { return; }

  var dims = vec3u(1u);
  var low = vec3f(0.0);
  var extent = vec3f(1.0);
  var height = vec3f(1.0);
  for (var k = 0u; k < 3u; k++) {
    height[k] = 1.0 / length(cells[0].inverse[k].xyz);
    if cells[0].rows[k].w <= 0.0 {
      low[k] = bounds[0].low[k];
      extent[k] = max(bounds[0].high[k] - bounds[0].low[k], 1e-3);
    }
    // Slightly wider than REACH, so that rounding cannot put a neighbour two bins away.
    dims[k] = u32(clamp(floor(extent[k] * height[k] / REACH * 0.9999), 1.0, 1024.0));
  }
  while dims.x * dims.y * dims.z > system.atoms {
    if dims.x >= max(dims.y, dims.z) { dims.x = (dims.x + 1u) / 2u; }
    else if dims.y >= dims.z { dims.y = (dims.y + 1u) / 2u; }
    else { dims.z = (dims.z + 1u) / 2u; }
  }
  grid.dims = dims;
  grid.low = low;
  grid.per_unit = vec3f(dims) / extent;
  var reach = vec3i(ceil(REACH * vec3f(dims) / (extent * height)));
  for (var k = 0u; k < 3u; k++) {
    // There is nothing beyond the ends of an axis that does not repeat.
    if cells[0].rows[k].w <= 0.0 { reach[k] = min(reach[k], i32(dims[k]) - 1); }
  }
  grid.reach = reach;
  grid.building = 1u;
}
