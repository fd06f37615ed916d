// The tube along a backbone, in pieces: SEGMENTS of each span between two neighbouring atoms of it.
//
// Four atoms control a span. Through peptides' alpha carbons the tube goes itself (Catmull–Rom); along the zigzag of other
// backbones it goes smoothly in the middle (uniform cubic B-spline). With u from 0 to 1 between atoms 1 and 2:
//
//   p(u) = [1 u u² u³] M [p₀ p₁ p₂ p₃]ᵀ
//
// Beyond the ends of a backbone the neighbour's mirror image stands in. In a cell each atom is taken at the image that is
// nearest to the one before it.
//
//   positions [atoms]
//   spans     [spans × 5]  four atoms, an end atom twice where nothing lies beyond; 1 for a peptide
//   pieces    [spans × SEGMENTS × 3]  xyz where a piece begins, w 1 at a backbone's beginning; xyz where it ends, w 1 at a
//                                     backbone's end; directions there and there as octahedral pairs
//   shifts    [atoms]  with PERIODIC: cell vectors by which an atom is drawn from where it is
//
// One invocation per piece.

import package::viewer::scene::{Scene, nearest_image};
import package::common::index::flat_index;
import constants::{WORKGROUP, SEGMENTS};

@group(0) @binding(0) var<uniform> scene: Scene;
@group(0) @binding(1) var<storage, read> positions: array<vec4f>;
@group(0) @binding(2) var<storage, read> spans: array<u32>;
@group(0) @binding(3) var<storage, read_write> pieces: array<vec4f>;
@if(PERIODIC) @group(0) @binding(4) var<storage, read> shifts: array<vec4f>;

fn placed(atom: u32) -> vec3f {
  @if(PERIODIC) { return positions[atom].xyz + scene.cell * shifts[atom].xyz; }
  @if(!PERIODIC) { return positions[atom].xyz; }
}

fn step_to(to: u32, atom: u32) -> vec3f {
  return nearest_image(scene.cell, scene.inverse, positions[to].xyz - positions[atom].xyz);
}

/// A direction as two numbers in [−1, 1].
fn folded(v: vec3f) -> vec2f {
  let n = v / max(abs(v.x) + abs(v.y) + abs(v.z), 1e-12);
  let outer = (1.0 - abs(n.yx)) * select(vec2f(-1.0), vec2f(1.0), n.xy >= vec2f(0.0));
  return select(outer, n.xy, n.z >= 0.0);
}

struct Weights {
  value: vec4f,
  slope: vec4f,
}

fn weights(u: f32, is_peptide: bool) -> Weights {
  let v = 1.0 - u;
  if is_peptide {
    return Weights(
      0.5 * vec4f(-u * v * v, 2.0 + u * u * (3.0 * u - 5.0), u * (1.0 + u * (4.0 - 3.0 * u)), -u * u * v),
      0.5 * vec4f(-v * (1.0 - 3.0 * u), u * (9.0 * u - 10.0), 1.0 + u * (8.0 - 9.0 * u), -u * (2.0 - 3.0 * u)),
    );
  }
  return Weights(
    vec4f(v * v * v, 4.0 + u * u * (3.0 * u - 6.0), 1.0 + u * (3.0 + u * (3.0 - 3.0 * u)), u * u * u) / 6.0,
    vec4f(-v * v, u * (3.0 * u - 4.0), 1.0 + u * (2.0 - 3.0 * u), u * u) / 2.0,
  );
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let piece = flat_index(id, groups, WORKGROUP);
  let span = piece / SEGMENTS;
  // Buffers are a little longer than what is in them.
  if span >= arrayLength(&spans) / 5u { return; }
  let a = vec4u(spans[5u * span], spans[5u * span + 1u], spans[5u * span + 2u], spans[5u * span + 3u]);
  let is_peptide = spans[5u * span + 4u] == 1u;

  let p1 = placed(a.y);
  let along = step_to(a.z, a.y);
  let p2 = p1 + along;
  let begins = a.x == a.y;
  let ends = a.w == a.z;
  let p0 = p1 + select(step_to(a.x, a.y), -along, begins);
  let p3 = p2 + select(step_to(a.w, a.z), along, ends);
  let points = mat4x3f(p0, p1, p2, p3);

  let k = piece % SEGMENTS;
  let first = weights(f32(k) / f32(SEGMENTS), is_peptide);
  let last = weights(f32(k + 1u) / f32(SEGMENTS), is_peptide);
  pieces[3u * piece] = vec4f(points * first.value, select(0.0, 1.0, begins && k == 0u));
  pieces[3u * piece + 1u] = vec4f(points * last.value, select(0.0, 1.0, ends && k == SEGMENTS - 1u));
  pieces[3u * piece + 2u] = vec4f(folded(points * first.slope), folded(points * last.slope));
}
