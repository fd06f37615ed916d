// Sums over the lanes of a workgroup.

import package::atomwise::operation::Share;
import constants::{ATOMS, WORKGROUP};

/// Lanes of a workgroup for each of its atoms. More of them would mostly wait for longer sums.
const LANES: u32 = min(WORKGROUP / ATOMS, 32u);

/// What lanes have to add. All of a list's operations use this: some adapters take long to clear workgroup memory.
var<workgroup> terms: array<vec4f, WORKGROUP>;

/// The sum of what the lanes of this lane's atom bring, the same bits in each of them. To be called by all lanes.
@if(SHARED)
fn total(share: Share, term: vec4f) -> vec4f {
  terms[share.lane] = term;
  workgroupBarrier();
  var sum = vec4f(0.0);
  let atom = share.lane / LANES;
  if atom < share.count {
    for (var k = 0u; k < LANES; k++) { sum += terms[atom * LANES + k]; }
  }
  workgroupBarrier();
  return sum;
}

/// A lane that has its atom to itself needs no barrier.
@if(!SHARED)
fn total(share: Share, term: vec4f) -> vec4f { return term; }

fn across(v: vec4f) -> f32 { return v.x + v.y + v.z + v.w; }
