import {
  cameraViewMatrix,
  Discard,
  dot,
  float,
  If,
  length,
  max,
  mix,
  normalize,
  varyingProperty,
  vec3,
  vec4,
} from 'three/tsl'
import type { Mesh, WebGPURenderer } from 'three/webgpu'
import { type Backbone, backbonesOf } from '../chemistry/backbone.ts'
import { partnersOf } from '../chemistry/bonds.ts'
import type { Structure } from '../chemistry/structure.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { cover, type Dispatch, type Kernel } from '../gpu/kernel.ts'
import { cornerAround, enterCylinder } from './cylinders.ts'
import { impostorMesh } from './impostor-mesh.ts'
import { type Around, eyeRay, type Float, toView, turn, type Vec3, type Vec4 } from './impostors.ts'
import type { MoleculeScene } from './molecule-scene.ts'
import { sharedBuffer } from './shared-buffer.ts'

/** Pieces of a tube between two neighbouring atoms of a backbone. */
export const SEGMENTS = 6
const WORKGROUP = 64
/** Words of a span, vectors of a piece: shaders/viewer/tube.wgsl. */
const SPAN = 5
const PIECE = 3
/** Å by which pieces overlap, so that no light comes through where they meet. */
const OVERLAP = 0.02
/** What tells the flat face at an end: pixels inside a silhouette that no wall has. */
const FACE = 1000

/** [spans × 5] what the kernel knows of backbones. */
export function spansOf(backbones: readonly Backbone[]): Uint32Array {
  const spans: number[] = []
  for (const { atoms, peptide } of backbones)
    for (let i = 0; i + 1 < atoms.length; i++) {
      const around = [i - 1, i, i + 1, i + 2].map((k) => atoms[Math.min(Math.max(k, 0), atoms.length - 1)])
      spans.push(...around, peptide ? 1 : 0)
    }
  return Uint32Array.from(spans)
}

/** Tubes along the backbones of a structure: nothing is made before they are shown. */
export class Tubes {
  private mesh: Mesh | null = null
  private readonly buffers: GPUBuffer[] = []
  private made: Promise<void> | null = null
  private bound: readonly Dispatch[] = []
  private destroyed = false
  private pieces = 0

  constructor(
    private readonly around: Around & {
      readonly gpu: Gpu
      readonly renderer: WebGPURenderer
      readonly molecule: MoleculeScene
      add(mesh: Mesh): void
    },
    private readonly structure: Structure,
  ) {}

  /** Makes them, if that has not been done; they are drawn from the next update on. */
  ready(): Promise<void> {
    this.made ??= this.make()
    return this.made
  }

  /** @param images how many cells are drawn */
  place(visible: boolean, images: number): void {
    if (!this.mesh) return
    this.mesh.visible = visible
    this.mesh.count = images * this.pieces
  }

  private async make(): Promise<void> {
    const { around, structure } = this
    const { gpu, renderer, molecule } = around
    const spans = spansOf(backbonesOf(structure, partnersOf(structure)))
    this.pieces = (spans.length / SPAN) * SEGMENTS
    if (this.pieces === 0) return
    const kernel = await gpu.kernel('viewer/tube', {
      constants: { WORKGROUP, SEGMENTS },
      conditions: { PERIODIC: molecule.placement !== null },
    })
    if (this.destroyed) return
    const buffers = {
      spans: gpu.bufferFrom('viewer tube spans', spans),
      pieces: gpu.buffer('viewer tube pieces', 16 * PIECE * this.pieces),
    }
    this.buffers.push(...Object.values(buffers))
    this.bound = [this.bind(kernel, buffers)]
    this.mesh = tubeMesh(
      around,
      {
        pieces: sharedBuffer(renderer, buffers.pieces, 'vec4', PIECE * this.pieces),
        spans: sharedBuffer(renderer, buffers.spans, 'uint', spans.length),
      },
      this.pieces,
    )
    this.mesh.visible = false
    around.add(this.mesh)
  }

  private bind(kernel: Kernel, buffers: Record<'spans' | 'pieces', GPUBuffer>): Dispatch {
    const { molecule } = this.around
    const { scene, placement, simulation } = molecule
    return kernel.bind(
      {
        ...{ scene, positions: simulation.positionBuffer, ...buffers },
        ...(placement && { shifts: placement.shifts }),
      },
      cover(this.pieces, WORKGROUP),
    )
  }

  /** What to submit for tubes through the atoms as they are now; nothing while none are shown. */
  dispatches(): readonly Dispatch[] {
    return this.mesh?.visible ? this.bound : []
  }

  /** The mesh goes with its scene. */
  destroy(): void {
    this.destroyed = true
    for (const buffer of this.buffers) buffer.destroy()
  }
}

interface TubeNodes {
  readonly pieces: ReturnType<typeof sharedBuffer<'vec4'>>
  readonly spans: ReturnType<typeof sharedBuffer<'uint'>>
}

/** A direction from two numbers, as the kernel folded it. */
const unfolded = (x: Float, y: Float): Vec3 => {
  const z = float(1).sub(x.abs()).sub(y.abs()).toVar()
  const t = max(z.negate(), 0).toVar()
  const outwards = (v: Float) => v.add(v.lessThan(0).select(t, t.negate()))
  return normalize(vec3(outwards(x), outwards(y), z)).toVar() as Vec3
}

/**
 * A tube as short cylinders that are cut by the planes across it where pieces meet, so that they leave no gap; the
 * direction of the surface goes over from one to the next.
 */
function tubeMesh(around: Around, { pieces, spans }: TubeNodes, count: number): Mesh {
  const { nodes: scene, uniforms } = around
  const start = varyingProperty('vec4', 'vTubeStart')
  const axis = varyingProperty('vec4', 'vTubeAxis')
  /** Directions of the tube where the piece begins and ends; w 1 where nothing follows. */
  const before = varyingProperty('vec4', 'vTubeBefore')
  const after = varyingProperty('vec4', 'vTubeAfter')
  const albedoHere = varyingProperty('vec3', 'vTubeHere')
  const albedoThere = varyingProperty('vec3', 'vTubeThere')
  const seriesHere = varyingProperty('vec4', 'vTubeSeriesHere')
  const seriesThere = varyingProperty('vec4', 'vTubeSeriesThere')

  return impostorMesh(around, count, {
    name: 'tubes',
    corner(piece, image) {
      const from = pieces.element(piece.mul(PIECE)).toVar()
      const to = pieces.element(piece.mul(PIECE).add(1)).toVar()
      const ways = pieces.element(piece.mul(PIECE).add(2)).toVar()
      const inView = (way: Vec3) => cameraViewMatrix.mul(vec4(way, 0)).xyz as Vec3
      const middle = image
        ? uniforms.cell.mul(image)
        : scene.center.element(0).xyz.mul(uniforms.follow).negate()
      const drawn = (point: Vec4) => toView(point.xyz.sub(uniforms.home).add(middle) as Vec3)
      const a = drawn(from as Vec4).toVar()
      const b = drawn(to as Vec4).toVar()
      const apart = b.sub(a).toVar()
      const reach = max(length(apart), 1e-5).toVar()
      const direction = apart.div(reach).toVar()
      const radius = uniforms.tubeRadius
      start.assign(vec4(a, radius))
      axis.assign(vec4(direction, reach))
      before.assign(vec4(inView(unfolded(ways.x as Float, ways.y as Float)), from.w))
      after.assign(vec4(inView(unfolded(ways.z as Float, ways.w as Float)), to.w))
      const span = piece.div(SEGMENTS).mul(SPAN).toVar()
      const [one, two] = [spans.element(span.add(1)).toVar(), spans.element(span.add(2)).toVar()]
      const share = float(piece.mod(SEGMENTS)).div(SEGMENTS).toVar()
      const next = share.add(1 / SEGMENTS)
      const [here, there] = [scene.colors.element(one).xyz.toVar(), scene.colors.element(two).xyz.toVar()]
      albedoHere.assign(mix(here, there, share))
      albedoThere.assign(mix(here, there, next))
      const [hidden, hiddenThere] = [one, two].map((atom) => scene.occlusion.element(atom).toVar())
      seriesHere.assign(turn(mix(hidden, hiddenThere, share) as Vec4))
      seriesThere.assign(turn(mix(hidden, hiddenThere, next) as Vec4))
      // A slanting cut reaches beyond the axis' end.
      const spare = radius.mul(0.5).add(OVERLAP)
      const corner = cornerAround(
        a.sub(direction.mul(spare)) as Vec3,
        direction as Vec3,
        reach.add(spare.mul(2)) as Float,
        radius as unknown as Float,
        uniforms,
      )
      return { corner }
    },
    trace(spot) {
      const hit = enterCylinder(spot, start as Vec4, axis.xyz as Vec3, uniforms)
      const past = dot(hit.xyz.sub(start.xyz), before.xyz).toVar()
      const end = start.xyz.add(axis.xyz.mul(axis.w)).toVar()
      const left = dot(end.sub(hit.xyz), after.xyz).toVar()
      const isShort = past.lessThan(-OVERLAP)
      const isLong = left.lessThan(-OVERLAP)
      If(isShort.or(isLong), () => {
        // Beyond an end of the backbone the ray may still meet the flat face there.
        const { origin, direction } = eyeRay(spot, uniforms)
        const face = isShort.select(before, after).toVar()
        const foot = isShort.select(start.xyz, end).toVar()
        const along = dot(direction, face.xyz).toVar()
        const point = origin.add(direction.mul(dot(foot.sub(origin), face.xyz).div(along))).toVar()
        const outwards = isShort.select(along, along.negate())
        const within = length(point.sub(foot)).lessThan(start.w)
        Discard(face.w.lessThan(0.5).or(outwards.lessThan(1e-4)).or(within.not()))
        hit.assign(vec4(point, FACE))
      })
      Discard(hit.w.lessThan(0.01))
      return hit
    },
    surface(hit) {
      const fromStart = hit.xyz.sub(start.xyz).toVar()
      const height = dot(fromStart, axis.xyz).div(axis.w).clamp(0, 1).toVar()
      const along = normalize(mix(before.xyz, after.xyz, height)).toVar()
      const out = fromStart.sub(axis.xyz.mul(height.mul(axis.w))).toVar()
      const isFace = hit.w.greaterThan(FACE - 0.5)
      const face = height.lessThan(0.5).select(before.xyz.negate(), after.xyz)
      return {
        albedo: mix(albedoHere, albedoThere, height) as Vec3,
        normal: isFace.select(face, normalize(out.sub(along.mul(dot(out, along))))).toVar() as Vec3,
        series: mix(seriesHere, seriesThere, height) as Vec4,
        hidden: (share) => share.mul(0.6) as Float,
      }
    },
  })
}
