// Sums over the lanes that share an atom.

import package::atomwise::operation::Share;
import constants::{ATOMS, WORKGROUP};

/// Lanes of a workgroup for each of its atoms.
const LANES: u32 = WORKGROUP / ATOMS;

@if(SHARED) var<workgroup> terms: array<vec4f, WORKGROUP>;

/// The sum of what the lanes of this lane's atom bring, the same bits in each of them. To be called by all lanes.
@if(SHARED)
fn total(share: Share, term: vec4f) -> vec4f {
  terms[share.lane] = term;
  workgroupBarrier();
  let first = share.lane / LANES * LANES;
  var sum = vec4f(0.0);
  for (var k = first; k < first + LANES; k++) { sum += terms[k]; }
  workgroupBarrier();
  return sum;
}

/// A lane that has its atom to itself needs no barrier.
@if(!SHARED)
fn total(share: Share, term: vec4f) -> vec4f { return term; }

fn across(v: vec4f) -> f32 { return v.x + v.y + v.z + v.w; }
