// Colour of every atom: its own, or the colour of its quantity on a scale; selected atoms are tinted.
//
//   base   [atoms]  own colours, linear RGB
//   source [atoms]  xyz, w: what the quantity is taken from
//   start  [atoms]  positions at the start
//   scale  [STOPS]  linear RGB from low to high
//   range  [1]      x low, y high
//   marks  [atoms]  bit 0 selected, bit 1 under the pointer
//   colors [atoms]  linear RGB; w the mark as a number
//
// One invocation per atom.

import package::common::index::flat_index;
import package::viewer::quantity::{Paint, OWN, quantity_of};
import constants::{WORKGROUP, STOPS};

@group(0) @binding(0) var<uniform> paint: Paint;
@group(0) @binding(1) var<storage, read> base: array<vec4f>;
@group(0) @binding(2) var<storage, read> source: array<vec4f>;
@group(0) @binding(3) var<storage, read> start: array<vec4f>;
@group(0) @binding(4) var<storage, read> scale: array<vec4f>;
@group(0) @binding(5) var<storage, read> range: array<vec4f>;
@group(0) @binding(6) var<storage, read> marks: array<u32>;
@group(0) @binding(7) var<storage, read_write> colors: array<vec4f>;

/// Share of the accent in a selected atom.
const TINT: f32 = 0.4;

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let atom = flat_index(id, groups, WORKGROUP);
  if atom >= paint.atoms { return; }
  var color = base[atom].xyz;
  if paint.quantity != OWN {
    let value = quantity_of(paint.quantity, source[atom], start[atom]);
    let span = max(range[0].y - range[0].x, 1e-12);
    let place = clamp((value - range[0].x) / span, 0.0, 1.0) * f32(STOPS - 1u);
    let below = min(u32(place), STOPS - 2u);
    color = mix(scale[below].xyz, scale[below + 1u].xyz, place - f32(below));
  }
  let mark = marks[atom];
  color = mix(color, paint.accent, select(0.0, TINT, (mark & 1u) == 1u));
  colors[atom] = vec4f(color, f32(mark));
}
