import type { Structure } from '../../../src/chemistry/structure.ts'
import { cover } from '../../../src/gpu/kernel.ts'
import type { ForceField } from '../../../src/models/force-field.ts'

const WORKGROUP = 64

/** E = Σ_pairs ½ k (σ − r)² within σ, from the edges of the neighbour list. */
const shader = `
import package::common::index::flat_index;
import package::common::system::System;
import package::neighbors::edge::Edge;
import constants::{WORKGROUP, STIFFNESS, DIAMETER};
@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read> edges: array<Edge>;
@group(0) @binding(2) var<storage, read> row_starts: array<u32>;
@group(0) @binding(3) var<storage, read_write> outputs: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> virial: array<vec4f>;
@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i >= system.atoms { return; }
  var sum = vec4f(0.0);
  var rows = array<vec3f, 3>(vec3f(0.0), vec3f(0.0), vec3f(0.0));
  for (var e = row_starts[i]; e < row_starts[i + 1u]; e++) {
    let overlap = DIAMETER - edges[e].distance;
    if overlap <= 0.0 || edges[e].distance == 0.0 { continue; }
    // dE/dr = −k overlap; the direction points to the other atom.
    let pull = -STIFFNESS * overlap * edges[e].direction;
    sum += vec4f(pull, 0.25 * STIFFNESS * overlap * overlap);
    let d = edges[e].distance * edges[e].direction;
    for (var k = 0u; k < 3u; k++) { rows[k] += 0.5 * d[k] * pull; }
  }
  outputs[i] = sum;
  for (var k = 0u; k < 3u; k++) { virial[3u * i + k] = vec4f(rows[k], 0.0); }
}
`

/** Soft spheres of a diameter in Å and a stiffness in eV/Å²; an ideal gas where the stiffness is 0. */
export const spheres = (stiffness: number, diameter = 3): ForceField => ({
  card: {
    title: 'soft spheres',
    architecture: 'test',
    parameterCount: 2,
    hyperparameters: [],
    open: [],
    elements: null,
    cutoff: diameter,
    energyUnit: { name: 'eV', inEv: 1 },
    priors: [],
    output: 'energy',
    attention: null,
    notes: [],
    about: [],
  },
  range: { lower: 0, upper: diameter },
  defaultCell: null,
  typesOf: ({ atomicNumbers }) => Uint32Array.from(atomicNumbers),
  constantEnergy: () => 0,
  async compile(gpu, atoms, neighbors) {
    const kernel = await gpu.kernel('spheres', {
      modules: { spheres: shader },
      constants: { WORKGROUP, STIFFNESS: stiffness, DIAMETER: diameter },
    })
    const { system, outputs, virial } = atoms
    const { edges, rowStarts } = neighbors
    const dispatch = kernel.bind(
      { system, edges, row_starts: rowStarts, outputs, virial },
      cover(atoms.atoms, WORKGROUP),
    )
    return {
      dispatches: [dispatch],
      properties: null,
      attention: null,
      encode() {
        throw new Error('not used')
      },
      destroy() {},
    }
  },
})

/** side³ argon atoms on a simple cubic grid, spacing in Å; in a cell that repeats, or in open space. */
export function argon(side: number, spacing: number, periodic = true): Structure {
  const atoms = side ** 3
  const length = side * spacing
  return {
    name: 'argon',
    atomicNumbers: new Uint8Array(atoms).fill(18),
    positions: Float64Array.from({ length: 3 * atoms }, (_, i) => {
      const atom = Math.floor(i / 3)
      return spacing * ([Math.floor(atom / side ** 2), Math.floor(atom / side), atom][i % 3] % side)
    }),
    cell: periodic ? [length, 0, 0, 0, length, 0, 0, 0, length] : null,
    periodic: [periodic, periodic, periodic],
  }
}
