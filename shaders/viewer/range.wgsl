// Least and largest value of what atoms are coloured by, followed slowly so that colours do not flicker.
//
//   source [atoms]  xyz, w: what the quantity is taken from
//   start  [atoms]  positions at the start
//   range  [1]      x low, y high
//
// One workgroup in all.

import package::viewer::quantity::{Paint, quantity_of};
import constants::WORKGROUP;

@group(0) @binding(0) var<uniform> paint: Paint;
@group(0) @binding(1) var<storage, read> source: array<vec4f>;
@group(0) @binding(2) var<storage, read> start: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> range: array<vec4f>;

/// Share of the way to the present range that one call goes.
const PACE: f32 = 0.06;

var<workgroup> least: array<f32, WORKGROUP>;
var<workgroup> largest: array<f32, WORKGROUP>;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) local: u32) {
  var low = 3.4e38;
  var high = -3.4e38;
  for (var atom = local; atom < paint.atoms; atom += WORKGROUP) {
    let value = quantity_of(paint.quantity, source[atom], start[atom]);
    low = min(low, value);
    high = max(high, value);
  }
  least[local] = low;
  largest[local] = high;
  for (var stride = WORKGROUP / 2u; stride > 0u; stride /= 2u) {
    workgroupBarrier();
    if local < stride {
      least[local] = min(least[local], least[local + stride]);
      largest[local] = max(largest[local], largest[local + stride]);
    }
  }
  if local == 0u {
    let now = vec2f(select(least[0], 0.0, paint.from_zero == 1u), largest[0]);
    let followed = mix(range[0].xy, now, PACE);
    // A scale that values have left behind shows nothing: it widens at once and narrows slowly.
    let wide = vec2f(min(followed.x, now.x), max(followed.y, now.y));
    range[0] = vec4f(select(wide, now, paint.fresh == 1u), 0.0, 0.0);
  }
}
