import {
  abs,
  cameraProjectionMatrix,
  cameraViewMatrix,
  Fn,
  float,
  instanceIndex,
  length,
  max,
  min,
  normalize,
  positionGeometry,
  smoothstep,
  uniform,
  varyingProperty,
  vec3,
  vec4,
} from 'three/tsl'
import {
  DoubleSide,
  Mesh,
  MeshBasicNodeMaterial,
  type Node,
  PlaneGeometry,
  type Scene,
  type WebGPURenderer,
} from 'three/webgpu'
import type { Gpu } from '../gpu/gpu.ts'
import type { Dispatch } from '../gpu/kernel.ts'
import type { AttentionHead, AttentionLinks } from '../models/attention.ts'
import { AttentionWatch, OPAQUE } from './attention.ts'
import { DISTINCT } from './color-maps.ts'
import {
  across,
  awayAt,
  type ImpostorUniforms,
  pixelAt,
  place,
  type SceneNodes,
  toView,
} from './impostors.ts'
import type { Lighting } from './lighting.ts'
import type { Watched } from './molecule-scene.ts'
import { sharedBuffer } from './shared-buffer.ts'

type Float = Node<'float'>
type Vec3 = Node<'vec3'>

/** CSS pixels from a line's middle to where it has faded away sideways. */
const HALF_WIDTH = 3
/** Shares of a line between which it hands over to the line the other way. */
const HANDOVER = [0.3, 0.7] as const
/** Lines that would be less opaque than this are left out: they are many, and nobody would see them. */
const LEAST = 0.006

/** Where the weights are. */
interface WeightNodes {
  /** [capacity] xyz from receiver to source in Å, w the weight */
  readonly links: ReturnType<typeof sharedBuffer<'vec4'>>
  /** [capacity × 2] receiver, source */
  readonly ends: ReturnType<typeof sharedBuffer<'uint'>>
  /** [1] x least, y largest weight */
  readonly extent: ReturnType<typeof sharedBuffer<'vec4'>>
}

/** Display-encoded colours of negative and positive weights: sky blue and orange, which everybody can tell apart. */
export const SIGNS = { negative: DISTINCT[0], positive: DISTINCT[1] } as const

/**
 * A line for each pair: at the atom that weighs it is as opaque as the weight is large, and it fades away towards the
 * atom that is weighed, so that the lines of both directions together go over from one weight into the other. In a cell
 * it leads to the image that is meant, also where that is outside. Atoms in front hide lines; bonds do not, or the
 * strongest lines could not be seen.
 */
function attentionMesh(
  scene: SceneNodes,
  { links, ends, extent }: WeightNodes,
  uniforms: ImpostorUniforms,
  lighting: Lighting,
  only: Node<'float'>,
  capacity: number,
): Mesh {
  const tint = varyingProperty('vec4', 'vLinkTint')
  const spot = varyingProperty('vec3', 'vLinkSpot')

  const isSelected = (atom: Node<'uint'>) => {
    const mark = scene.colors.element(atom).w
    return mark.equal(1).or(mark.equal(3))
  }

  const vertex = Fn(() => {
    const link = links.element(instanceIndex).toVar()
    const receiver = ends.element(instanceIndex.mul(2)).toVar()
    const source = ends.element(instanceIndex.mul(2).add(1)).toVar()
    const range = extent.element(0)
    const full = max(max(range.x.negate(), range.y).mul(OPAQUE), 1e-12)
    const opacity = min(abs(link.w).div(full), 1).toVar()

    const from = toView(place(scene, uniforms, receiver as Node<'uint'>)).toVar()
    const way = cameraViewMatrix.mul(vec4(link.xyz, 0)).xyz.toVar()
    const long = length(way).toVar()
    const along = way.div(max(long, 1e-6))
    const middle = from.add(way.mul(0.5)).toVar()
    const away = awayAt(middle as Vec3, uniforms).toVar()
    const side = across(along as Vec3, away as Vec3)
    const { x, y } = positionGeometry
    const t = y.mul(0.5).add(0.5).toVar()
    const on = from.add(way.mul(t)).toVar()
    const half = pixelAt(max(on.z.negate(), 0.1) as Float, uniforms)
      .mul(uniforms.density)
      .mul(HALF_WIDTH)
    const corner = on.add(side.mul(x.mul(half))).toVar()

    const color = link.w.lessThan(0).select(vec3(...SIGNS.negative), vec3(...SIGNS.positive))
    tint.assign(vec4(color, opacity))
    spot.assign(vec3(x, t, corner.z.negate()))
    const clip = cameraProjectionMatrix.mul(vec4(corner, 1)).toVar()
    // Depth alone is taken from nearer the eye, by what a stick is thick.
    const lift = normalize(away).mul(uniforms.stickRadius.mul(1.1).add(0.01))
    const lifted = cameraProjectionMatrix.mul(vec4(corner.sub(lift), 1)).toVar()
    const depth = lifted.z.div(max(lifted.w, 1e-3)).mul(clip.w)
    const meant = only
      .lessThan(0.5)
      .or(isSelected(receiver as Node<'uint'>))
      .or(isSelected(source as Node<'uint'>))
    const drawn = opacity.greaterThan(LEAST).and(long.greaterThan(1e-3)).and(meant)
    return drawn.select(vec4(clip.xy, depth, clip.w), vec4(2, 2, 2, 1))
  })

  const material = new MeshBasicNodeMaterial()
  material.vertexNode = vertex() as unknown as Node<'vec4'>
  const core = smoothstep(1, 0.2, abs(spot.x))
  const own = smoothstep(HANDOVER[1], HANDOVER[0], spot.y)
  const far = smoothstep(lighting.cueStart, lighting.cueEnd, spot.z).mul(0.72)
  const opacity = tint.w.mul(own).mul(core).mul(float(1).sub(far))
  // Already display-encoded, like everything drawn here.
  material.fragmentNode = vec4(tint.xyz, opacity)
  material.transparent = true
  material.premultipliedAlpha = true
  material.depthWrite = false
  // A line that leads to the left shows its other face.
  material.side = DoubleSide
  const mesh = new Mesh(new PlaneGeometry(2, 2), material)
  mesh.count = capacity
  mesh.frustumCulled = false
  // After the atoms, whose smooth edges are blended.
  mesh.renderOrder = 1
  mesh.name = 'attention'
  return mesh
}

/** What the lines share with the rest of a picture. */
interface Surroundings {
  readonly gpu: Gpu
  readonly renderer: WebGPURenderer
  readonly lighting: Lighting
  readonly scene: Scene
  readonly nodes: SceneNodes
  readonly uniforms: ImpostorUniforms
}

/** One attention head's weights as lines between atoms: nothing is computed, and nothing made, before they are shown. */
export class AttentionLines {
  private readonly watch: AttentionWatch
  private readonly only = uniform(0)
  private mesh: Mesh | null = null
  private visible = false

  constructor(
    private readonly around: Surroundings,
    simulation: Watched,
  ) {
    this.watch = new AttentionWatch(around.gpu, simulation, (links, capacity) => this.draw(links, capacity))
  }

  /** @returns once it shows; null for no lines */
  async choose(head: AttentionHead | null): Promise<void> {
    this.show(head !== null)
    await this.watch.choose(head)
  }

  /** Whether lines of selected atoms alone are drawn. */
  narrow(on: boolean): void {
    this.only.value = on ? 1 : 0
  }

  /** What to submit for the lines of this moment: nothing while none are shown. */
  dispatches(): readonly Dispatch[] {
    return this.watch.dispatches()
  }

  /** The weight from which on lines are opaque; null where there are none. */
  opaque(): Promise<number | null> {
    return this.watch.opaque()
  }

  private show(on: boolean): void {
    this.visible = on
    if (this.mesh) this.mesh.visible = on
  }

  /** A list that has grown has other buffers, which a material is made for. */
  private draw({ links, ends }: AttentionLinks, capacity: number): void {
    const { renderer, lighting, scene, nodes, uniforms } = this.around
    const weights = {
      links: sharedBuffer(renderer, links, 'vec4', capacity),
      ends: sharedBuffer(renderer, ends, 'uint', 2 * capacity),
      extent: sharedBuffer(renderer, this.watch.extent, 'vec4', 1),
    }
    const { mesh: old } = this
    this.mesh = attentionMesh(nodes, weights, uniforms, lighting, this.only, capacity)
    this.show(this.visible)
    scene.add(this.mesh)
    if (!old) return
    scene.remove(old)
    old.geometry.dispose()
    ;(old.material as MeshBasicNodeMaterial).dispose()
  }

  /** The mesh goes with its scene. */
  destroy(): void {
    this.watch.destroy()
  }
}
