import type { Cell } from '../../../src/chemistry/structure.ts'
import { type AtomSystem, buildEdges, type EdgeList, reverseEdges } from '../../../src/reference/graph.ts'
import { cluster } from '../../unit/reference/systems.ts'

/** The same edges as the reference and as the GPU know them; distances and directions are exact in float32. */
export interface TestEdges {
  readonly edges: EdgeList
  /** bindings `edges` and `row_starts` */
  readonly bindings: { readonly edges: Uint8Array; readonly row_starts: Uint32Array }
}

export function testEdges(system: AtomSystem, lower: number, upper: number): TestEdges {
  const exact = buildEdges(system, lower, upper)
  const distance = exact.distance.map(Math.fround)
  const unit = exact.unit.map(Math.fround)
  const edges: EdgeList = {
    ...exact,
    distance,
    unit,
    vector: unit.map((u, k) => u * distance[Math.floor(k / 3)]),
  }
  const reverse = reverseEdges(edges)
  const words = new ArrayBuffer(edges.count * 32)
  const view = new DataView(words)
  for (let e = 0; e < edges.count; e++) {
    for (let c = 0; c < 3; c++) view.setFloat32(32 * e + 4 * c, unit[3 * e + c], true)
    view.setFloat32(32 * e + 12, distance[e], true)
    view.setUint32(32 * e + 16, edges.source[e], true)
    view.setUint32(32 * e + 20, edges.receiver[e], true)
    view.setUint32(32 * e + 24, reverse[e], true)
  }
  return {
    edges,
    bindings: { edges: new Uint8Array(words), row_starts: Uint32Array.from(edges.rowStart) },
  }
}

const triclinic: Cell = [3.1, 0, 0, 0.5, 3.3, 0, 0.3, -0.4, 2.9]

/** Sizes that are no multiples of anything, molecules apart, a lone atom, and several images of one neighbour. */
export const systems: Readonly<Record<string, AtomSystem>> = {
  'one atom': cluster([1]),
  'five atoms': cluster([5]),
  '67 atoms in three molecules': cluster([61, 1, 5]),
  'four atoms in a small cell': { ...cluster([4]), cells: [triclinic] },
}

export type SystemName = keyof typeof systems

/** Å: with these systems, a dozen neighbours. */
export const UPPER = 3.2
