import { vec4 } from 'three/tsl'
import { BufferGeometry, Float32BufferAttribute, LineBasicNodeMaterial, LineSegments } from 'three/webgpu'
import type { Cell } from '../chemistry/structure.ts'

/** Ends of the twelve edges of a cell whose middle is the origin, [24 × 3]. */
function endsOf(cell: Cell): number[] {
  const point = (i: number, j: number, k: number) =>
    [0, 1, 2].map((c) => (i - 0.5) * cell[c] + (j - 0.5) * cell[3 + c] + (k - 0.5) * cell[6 + c])
  const lines: number[] = []
  for (const u of [0, 1])
    for (const v of [0, 1]) {
      lines.push(...point(0, u, v), ...point(1, u, v))
      lines.push(...point(u, 0, v), ...point(u, 1, v))
      lines.push(...point(u, v, 0), ...point(u, v, 1))
    }
  return lines
}

/** Moves the edges to those of a cell that has changed. */
export function moveCellEdges(edges: LineSegments, cell: Cell): void {
  const position = edges.geometry.getAttribute('position')
  position.array.set(endsOf(cell))
  position.needsUpdate = true
}

/** The twelve edges of a cell whose middle is the origin. */
export function cellEdges(cell: Cell): LineSegments {
  const geometry = new BufferGeometry()
  geometry.setAttribute('position', new Float32BufferAttribute(endsOf(cell), 3))
  const material = new LineBasicNodeMaterial()
  // Already display-encoded, like everything drawn here.
  material.fragmentNode = vec4(0.34, 0.38, 0.46, 1)
  const edges = new LineSegments(geometry, material)
  edges.frustumCulled = false
  edges.name = 'cell'
  return edges
}
