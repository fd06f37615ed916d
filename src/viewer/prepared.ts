import { type LineSegments, Matrix3, type Mesh, Scene, type WebGPURenderer } from 'three/webgpu'
import type { Vector } from '../chemistry/cell.ts'
import { centerOfGeometry } from '../chemistry/center.ts'
import type { Cell, Structure } from '../chemistry/structure.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { type ArrowName, arrowMesh } from './arrows.ts'
import { AttentionLines } from './attention-lines.ts'
import { cellEdges, moveCellEdges } from './cell-edges.ts'
import { ImpostorUniforms } from './impostors.ts'
import type { Lighting } from './lighting.ts'
import { MoleculeScene, SLOTS, type Watched } from './molecule-scene.ts'
import { Picker } from './picker.ts'
import { sharedBuffer } from './shared-buffer.ts'
import { sphereMesh } from './spheres.ts'
import { Spring } from './spring.ts'
import { stickMesh } from './sticks.ts'
import { Tubes } from './tube.ts'

/** A molecule ready to be shown: buffers, pipelines and meshes made, nothing on screen yet. */
export interface Prepared {
  readonly molecule: MoleculeScene
  readonly scene: Scene
  readonly uniforms: ImpostorUniforms
  readonly picker: Picker
  /** [n × 3] Å about the middle of the picture: what must be in the frame. */
  readonly points: Float64Array
  readonly periodic: boolean
  /** Atoms and bonds, which are drawn once for every image. */
  readonly repeated: readonly [balls: Mesh, sticks: Mesh]
  /** Cells along a, b and c. */
  images: Vector
  readonly spring: Spring
  /** Those that the simulation has vectors for. */
  readonly arrows: Readonly<Partial<Record<ArrowName, Mesh>>>
  readonly attention: AttentionLines
  readonly tubes: Tubes
  /** The edges of the cell; null in open space. */
  readonly edges: LineSegments | null
  /** Å: the simulation's own */
  readonly origin: Vector
}

export interface Studio {
  readonly gpu: Gpu
  readonly renderer: WebGPURenderer
  readonly lighting: Lighting
  readonly multisampled: boolean
}

/**
 * Builds everything for a picture of a simulation.
 * @param structure the atoms the simulation was made from
 */
export async function prepareScene(
  { gpu, renderer, lighting, multisampled }: Studio,
  structure: Structure,
  simulation: Watched,
): Promise<Prepared> {
  const [molecule, pick] = await Promise.all([
    MoleculeScene.create(gpu, structure, simulation),
    Picker.kernel(gpu, structure),
  ])
  const picker = new Picker(gpu, molecule, pick)
  const { atoms } = molecule
  const share = (buffer: GPUBuffer) => sharedBuffer(renderer, buffer, 'vec4', atoms)
  const nodes = {
    positions: share(simulation.positionBuffer),
    colors: share(molecule.painter.colors),
    radii: share(molecule.radii),
    occlusion: share(molecule.occlusion),
    center: sharedBuffer(renderer, molecule.center, 'vec4', 1),
    bonds: sharedBuffer(renderer, molecule.bonds, 'uint', atoms * SLOTS),
    shifts: molecule.placement && share(molecule.placement.shifts),
  }
  const uniforms = new ImpostorUniforms()
  uniforms.follow.value = molecule.follows ? 1 : 0
  const scene = new Scene()
  const around = { nodes, uniforms, lighting, multisampled }
  const balls = sphereMesh(around, atoms)
  const sticks = stickMesh(around, atoms, SLOTS)
  scene.add(balls, sticks)
  const arrows: Partial<Record<ArrowName, Mesh>> = {}
  for (const [name, buffer] of [
    ['forces', simulation.forceBuffer],
    ['velocities', simulation.velocityBuffer],
  ] as const) {
    const mesh = buffer && arrowMesh(name, nodes, share(buffer), uniforms, lighting, atoms)
    if (!mesh) continue
    arrows[name] = mesh
    scene.add(mesh)
  }
  const attention = new AttentionLines({ gpu, renderer, lighting, scene, nodes, uniforms }, simulation)
  const tubes = new Tubes(
    {
      ...{ ...around, gpu, renderer, molecule },
      add: (mesh) => scene.add(mesh),
    },
    structure,
  )
  const spring = new Spring(nodes, uniforms)
  scene.add(spring.line)

  const frame = framed(structure, molecule)
  if (frame.edges) scene.add(frame.edges)
  const prepared = {
    ...{ molecule, scene, uniforms, picker, spring, arrows, attention, tubes, origin: simulation.origin },
    repeated: [balls, sticks] as const,
    images: [1, 1, 1] as Vector,
    ...frame,
  }
  placeCell(prepared)
  return prepared
}

/** What must be seen of a structure, and where its cell sits. */
function framed(
  structure: Structure,
  { cell }: MoleculeScene,
): Pick<Prepared, 'points' | 'edges' | 'periodic'> {
  if (!cell) {
    const centre = centerOfGeometry(structure)
    const points = structure.positions.map((x, i) => x - centre[i % 3])
    return { points, edges: null, periodic: false }
  }
  // The cell stays put and sits in the middle.
  return { points: Float64Array.from(cornersOf(cell)), edges: cellEdges(cell), periodic: true }
}

/** Å about the middle of the picture: what must be in the frame, and the inner half of the images, if they are drawn. */
export const pointsIn = ({ points, images, molecule: { cell } }: Prepared): Float64Array => {
  const [na, nb, nc] = images
  if (!cell || na * nb * nc === 1) return points
  return Float64Array.from(cornersOf(cell, [(na + 1) / 2, (nb + 1) / 2, (nc + 1) / 2]))
}

/**
 * Draws the images of a periodic structure around it, along the axes that repeat.
 * @returns false if that is how it is drawn
 */
export function showImages(prepared: Prepared, on: boolean): boolean {
  const { molecule, repeated, uniforms } = prepared
  const { cell, atoms, structure } = molecule
  const count = (axis: number) => (on && cell && structure.periodic[axis] ? 3 : 1)
  const images: Vector = [count(0), count(1), count(2)]
  if (images.every((n, axis) => n === prepared.images[axis])) return false
  prepared.images = images
  uniforms.images.value.set(...images)
  const [balls, sticks] = repeated
  const copies = images[0] * images[1] * images[2]
  balls.count = copies * atoms
  sticks.count = copies * atoms * SLOTS
  return true
}

/** The cell of what is prepared has changed: a barostat is at work. False if it is the one there was. */
export function changeCell(prepared: Prepared, cell: Cell): boolean {
  const { edges, molecule } = prepared
  if (!edges || !molecule.setCell(cell)) return false
  moveCellEdges(edges, molecule.cell ?? cell)
  placeCell(prepared)
  return true
}

/** Frees everything. GPU work that was submitted before may still read it. */
export function release(gpu: Gpu, { scene, molecule, picker, attention, tubes }: Prepared): void {
  for (const child of scene.children) {
    const mesh = child as { material?: { dispose(): void }; geometry?: { dispose(): void } }
    mesh.material?.dispose()
    mesh.geometry?.dispose()
  }
  void gpu.device.queue.onSubmittedWorkDone().then(() => {
    molecule.destroy()
    picker.destroy()
    attention.destroy()
    tubes.destroy()
  })
}

/** Where positions in Å, as the simulation counts them, are drawn in the middle cell. */
export async function drawnAt(
  gpu: Gpu,
  { origin, molecule }: Prepared,
  positions: Float64Array,
): Promise<Float64Array> {
  const { home, placement, cell } = molecule
  const moved = positions.map((x, i) => x - origin[i % 3] - home[i % 3])
  if (placement && cell) {
    const shifts = new Float32Array(await gpu.read(placement.shifts))
    return moved.map((x, i) => {
      const row = 4 * Math.floor(i / 3)
      return (
        x +
        shifts[row] * cell[i % 3] +
        shifts[row + 1] * cell[3 + (i % 3)] +
        shifts[row + 2] * cell[6 + (i % 3)]
      )
    })
  }
  const mean = meanOf(moved)
  return moved.map((x, i) => x - mean[i % 3])
}

const meanOf = (positions: Float64Array): Vector => {
  const sum: [number, number, number] = [0, 0, 0]
  positions.forEach((x, i) => {
    sum[i % 3] += (3 * x) / positions.length
  })
  return sum
}

const matrixOf = (columns: (axis: number, k: number) => number): Matrix3 => {
  const m = new Matrix3()
  for (let axis = 0; axis < 3; axis++) for (let k = 0; k < 3; k++) m.elements[3 * axis + k] = columns(axis, k)
  return m
}

/** Corners of a block of cells whose middle is the origin, [8 × 3] Å. */
const cornersOf = (cell: Cell, counts: Vector = [1, 1, 1]): number[] => {
  const corners: number[] = []
  const end = (n: number, axis: number) => (((n >> axis) & 1) - 0.5) * counts[axis]
  for (let n = 0; n < 8; n++)
    for (let k = 0; k < 3; k++)
      corners.push([0, 1, 2].reduce((sum, axis) => sum + end(n, axis) * cell[3 * axis + k], 0))
  return corners
}

/** Brings the uniforms up to the molecule's cell. */
function placeCell({ molecule, uniforms }: Pick<Prepared, 'molecule' | 'uniforms'>): void {
  const { cell, inverseCell, structure } = molecule
  uniforms.cell.value = matrixOf((axis, k) => cell?.[3 * axis + k] ?? 0)
  uniforms.inverseCell.value = matrixOf((axis, k) =>
    structure.periodic[k] ? (inverseCell?.[3 * axis + k] ?? 0) : 0,
  )
  uniforms.home.value.set(...molecule.home)
}
