import {
  abs,
  cameraProjectionMatrix,
  cameraViewMatrix,
  cross,
  Discard,
  dot,
  Fn,
  float,
  instanceIndex,
  length,
  max,
  mix,
  normalize,
  positionGeometry,
  round,
  smoothstep,
  sqrt,
  uint,
  uniform,
  varyingProperty,
  vec3,
  vec4,
} from 'three/tsl'
import { Matrix3, Mesh, MeshBasicNodeMaterial, type Node, PlaneGeometry, Vector3 } from 'three/webgpu'
import type { Lighting } from './lighting.ts'
import type { sharedBuffer } from './shared-buffer.ts'

type Vec4Buffer = ReturnType<typeof sharedBuffer<'vec4'>>
type UintBuffer = ReturnType<typeof sharedBuffer<'uint'>>
type Float = Node<'float'>
type Vec3 = Node<'vec3'>
type Vec4 = Node<'vec4'>

/** What the impostors read on the GPU. See scene-buffers.ts for the layouts. */
export interface SceneNodes {
  readonly positions: Vec4Buffer
  readonly colors: Vec4Buffer
  readonly radii: Vec4Buffer
  readonly occlusion: Vec4Buffer
  readonly center: Vec4Buffer
  readonly bonds: UintBuffer
  /** [atoms] cell vectors by which an atom is drawn from where it is; null in open space. */
  readonly shifts: Vec4Buffer | null
}

/** Sizes and geometry shared by both kinds of impostor. */
export class ImpostorUniforms {
  /** Drawn radius = van der Waals radius · ballScale + ballBase. */
  readonly ballScale = uniform(0.25)
  readonly ballBase = uniform(0)
  readonly stickRadius = uniform(0.1)
  /** 1 where the picture follows the mean position, 0 in a cell. */
  readonly follow = uniform(1)
  /** What sits in the middle of the picture, Å. */
  readonly home = uniform(new Vector3())
  readonly cell = uniform(new Matrix3())
  readonly inverseCell = uniform(new Matrix3())
  /** Cells that are drawn along a, b and c: odd numbers, the atoms' own in the middle. */
  readonly images = uniform(new Vector3(1, 1, 1))
  /** Å that a pixel covers at unit distance; without perspective, anywhere. */
  readonly pixel = uniform(0.001)
  /** Picture elements per CSS pixel. */
  readonly density = uniform(1)
  /** 1 without perspective, 0 with it. */
  readonly flat = uniform(0)
  /** Pixels: atoms are never drawn smaller than this. */
  readonly point = uniform(0)
  /** Pixels of a dark line around every shape; 0 for none. */
  readonly outline = uniform(0)
}

const quad = (count: number, material: MeshBasicNodeMaterial, name: string): Mesh => {
  const mesh = new Mesh(new PlaneGeometry(2, 2), material)
  mesh.count = count
  mesh.frustumCulled = false
  mesh.name = name
  return mesh
}

/**
 * Where an atom is drawn, in Å about the middle of the picture.
 * @param image cell vectors to an image of it; none for the atom itself
 */
export const place = (
  { positions, center, shifts }: SceneNodes,
  { home, follow, cell }: ImpostorUniforms,
  atom: Node<'uint'>,
  image?: Vec3,
): Vec3 => {
  const at = positions.element(atom).xyz.sub(home) as Vec3
  if (!shifts) return at.sub(center.element(0).xyz.mul(follow)) as Vec3
  const shift = shifts.element(atom).xyz
  return at.add(cell.mul(image ? shift.add(image) : shift)) as Vec3
}

/** Which of all that is drawn an instance is: its number in one cell, and the cell vectors to the image it belongs to. */
const instanceOf = (
  { shifts }: SceneNodes,
  { images }: ImpostorUniforms,
  count: number,
): { readonly index: Node<'uint'>; readonly image?: Vec3 } => {
  if (!shifts) return { index: instanceIndex as Node<'uint'> }
  const copy = instanceIndex.div(count)
  const [nx, ny] = [uint(images.x), uint(images.y)]
  const place = vec3(copy.mod(nx), copy.div(nx).mod(ny), copy.div(nx.mul(ny)))
  return {
    index: instanceIndex.mod(count) as Node<'uint'>,
    image: place.sub(images.sub(1).mul(0.5)) as Vec3,
  }
}

/** 1 for images, 0 for the atoms themselves. */
const veilOf = (image?: Vec3): Float => (image ? (length(image).min(1) as Float) : (float(0) as Float))

export const toView = (point: Vec3): Vec3 => cameraViewMatrix.mul(vec4(point, 1)).xyz as Vec3
const turn = (series: Vec4): Vec4 => vec4(cameraViewMatrix.mul(vec4(series.xyz, 0)).xyz, series.w) as Vec4
const depthOf = (hit: Vec3): Float => {
  const clip = cameraProjectionMatrix.mul(vec4(hit, 1))
  return clip.z.div(clip.w) as Float
}

/** The ray of a fragment: from the eye through a point of the view, or straight ahead where there is no perspective. */
const eyeRay = (spot: Vec3, { flat }: ImpostorUniforms) => ({
  origin: vec3(spot.xy, 0).mul(flat),
  direction: mix(normalize(spot), vec3(0, 0, -1), flat).toVar(),
})

/** Å that a pixel covers at a distance. */
export const pixelAt = (distance: Float, { pixel, flat }: ImpostorUniforms): Float =>
  mix(distance, float(1), flat).mul(pixel) as Float

/** Away from the eye, at a point of the view. */
export const awayAt = (point: Vec3, { flat }: ImpostorUniforms): Vec3 =>
  mix(normalize(point), vec3(0, 0, -1), flat) as Vec3

/** How dark the line around a shape leaves a fragment. `inside` is its distance from the silhouette, pixels. */
const outlined = (inside: Float, { outline }: ImpostorUniforms): Float =>
  mix(
    float(1),
    smoothstep(outline.sub(0.5), outline.add(0.5), inside).mul(0.94).add(0.06),
    outline.min(1),
  ) as Float

/** Colours of the ring inside the silhouette of a marked atom: selected, under the pointer; display-encoded. */
const SELECTED_RING = vec3(0.42, 0.76, 1)
const HOVERED_RING = vec3(1, 1, 1)
/** Pixels */
const RING = 2.2

/** Any unit vector across `axis`, steady where the axis points at the eye. */
export const across = (axis: Vec3, other: Vec3): Vec3 => {
  const c = cross(axis, other)
  const l = length(c)
  return l.lessThan(1e-4).select(normalize(cross(axis, vec3(0.6, 0.8, 0.01))), c.div(max(l, 1e-6))) as Vec3
}

const vertexPosition = (node: Vec4) => {
  const material = new MeshBasicNodeMaterial()
  material.vertexNode = node
  return material
}

/**
 * Edges are smoothed by the share of a pixel they cover: taken into the picture's samples where it has several, else
 * blended with the backdrop.
 */
const smoothEdges = (material: MeshBasicNodeMaterial, multisampled: boolean): void => {
  material.alphaToCoverage = multisampled
  material.transparent = !multisampled
  material.premultipliedAlpha = !multisampled
}

/**
 * Where a hit lies in depth. Blended edge pixels go to the very back: they then show against the backdrop only, and
 * whatever is drawn behind them later covers them, instead of leaving a fringe.
 */
const edgeDepth = (hit: Vec4, multisampled: boolean): Float => {
  const depth = depthOf(hit.xyz as Vec3)
  return multisampled ? depth : (hit.w.lessThan(0.995).select(float(0.999999), depth) as Float)
}

/**
 * Atoms as spheres, exact at any zoom: one camera-facing square each, the ray–sphere intersection in the fragment.
 * The square holds the tangent cone: half width r·d/√(d² − r²) at the centre's distance d.
 */
export function sphereMesh(
  scene: SceneNodes,
  uniforms: ImpostorUniforms,
  lighting: Lighting,
  count: number,
  multisampled: boolean,
): Mesh {
  const ball = varyingProperty('vec4', 'vBall')
  const albedo = varyingProperty('vec3', 'vAlbedo')
  const series = varyingProperty('vec4', 'vSeries')
  const spot = varyingProperty('vec3', 'vSpot')
  const mark = varyingProperty('float', 'vMark')
  const veil = varyingProperty('float', 'vVeil')

  const vertex = Fn(() => {
    const { index, image } = instanceOf(scene, uniforms, count)
    const atom = index.toVar()
    const center = toView(place(scene, uniforms, atom, image)).toVar()
    const look = scene.colors.element(atom)
    const square = dot(center, center)
    const distance = sqrt(square).toVar()
    const pixel = pixelAt(distance as Float, uniforms).toVar()
    const radius = scene.radii
      .element(atom)
      .y.mul(uniforms.ballScale)
      .add(uniforms.ballBase)
      .max(uniforms.point.mul(pixel))
      .toVar()
    const away = awayAt(center as Vec3, uniforms).toVar()
    const right = normalize(cross(away, vec3(0, 1, 0))).toVar()
    const up = cross(right, away)
    const cone = distance.div(sqrt(max(square.sub(radius.mul(radius)), 1e-4)))
    const half = radius.mul(mix(cone, float(1), uniforms.flat)).add(pixel)
    const corner = center
      .add(right.mul(positionGeometry.x.mul(half)))
      .add(up.mul(positionGeometry.y.mul(half)))
      .toVar()
    ball.assign(vec4(center, radius))
    albedo.assign(look.xyz)
    mark.assign(look.w)
    series.assign(turn(scene.occlusion.element(atom)))
    spot.assign(corner)
    veil.assign(veilOf(image))
    return cameraProjectionMatrix.mul(vec4(corner, 1))
  })

  // xyz the hit, w pixels inside the silhouette and a half.
  const trace = Fn(() => {
    const { origin, direction: ray } = eyeRay(spot as Vec3, uniforms)
    const center = ball.xyz.sub(origin).toVar()
    const along = dot(ray, center).toVar()
    const miss = center.sub(ray.mul(along)).toVar()
    const beside = length(miss).toVar()
    const cover = ball.w
      .sub(beside)
      .div(pixelAt(along as Float, uniforms))
      .add(0.5)
      .toVar()
    Discard(cover.lessThan(0.01))
    const depth = sqrt(max(ball.w.mul(ball.w).sub(beside.mul(beside)), 0))
    return vec4(origin.add(ray.mul(along.sub(depth))), cover)
  })

  const material = vertexPosition(vertex() as unknown as Vec4)
  const hit = trace().toVar()
  const normal = normalize(hit.xyz.sub(ball.xyz)).toVar()
  const hidden = series.w.add(dot(series.xyz, normal)).max(0)
  material.depthNode = edgeDepth(hit, multisampled)
  const inside = hit.w.sub(0.5) as Float
  const seen = lighting
    .shade(albedo as Vec3, normal as Vec3, hit.xyz as Vec3, hidden as Float, veil as Float)
    .mul(outlined(inside, uniforms))
  const ring = smoothstep(RING + 0.5, RING - 0.5, inside).mul(mark.min(1))
  const ringed = mix(seen, mark.greaterThan(1.5).select(HOVERED_RING, SELECTED_RING), ring)
  material.fragmentNode = vec4(ringed as Vec3, hit.w.clamp(0, 1))
  smoothEdges(material, multisampled)
  return quad(count, material, 'atoms')
}

/**
 * Bonds as half cylinders: every atom draws its own half, in its own colour, towards each partner in its bond slots
 * (nearest image in a cell). A bond thins as it stretches towards its breaking length, so that none pops in or out.
 * The rectangle faces the camera and bounds the capped cylinder exactly, perspective included.
 */
export function stickMesh(
  scene: SceneNodes,
  uniforms: ImpostorUniforms,
  lighting: Lighting,
  atoms: number,
  slots: number,
  multisampled: boolean,
): Mesh {
  const start = varyingProperty('vec4', 'vStart')
  const axis = varyingProperty('vec4', 'vAxis')
  const albedo = varyingProperty('vec3', 'vAlbedo')
  const seriesHere = varyingProperty('vec4', 'vSeriesHere')
  const seriesMiddle = varyingProperty('vec4', 'vSeriesMiddle')
  const spot = varyingProperty('vec3', 'vSpot')
  const ballRadius = varyingProperty('float', 'vBallRadius')
  const otherAlbedo = varyingProperty('vec3', 'vOtherAlbedo')
  const veil = varyingProperty('float', 'vStickVeil')

  const vertex = Fn(() => {
    const { index, image } = instanceOf(scene, uniforms, atoms * slots)
    const half = index.toVar()
    const atom = half.div(slots).toVar()
    const slot = scene.bonds.element(half).toVar()
    const partner = slot.equal(0).select(atom, slot.sub(1)).toVar()
    const a = scene.positions.element(atom).xyz
    const b = scene.positions.element(partner).xyz
    const apart = b.sub(a).toVar()
    apart.subAssign(uniforms.cell.mul(round(uniforms.inverseCell.mul(apart))))
    const distance = max(length(apart), 1e-4).toVar()
    const radii = scene.radii.element(atom).toVar()
    const partnerRadii = scene.radii.element(partner)
    const stretch = distance.div(radii.x.add(partnerRadii.x))
    const bothHydrogen = radii.z.mul(partnerRadii.z)
    const thin = mix(smoothstep(1.3, 1.17, stretch), float(1), bothHydrogen)
    const radius = uniforms.stickRadius.mul(thin).toVar()

    const from = toView(place(scene, uniforms, atom as Node<'uint'>, image)).toVar()
    const direction = cameraViewMatrix.mul(vec4(apart.div(distance), 0)).xyz.toVar()
    const reach = distance.mul(0.5).add(0.004).toVar()
    const middle = from.add(direction.mul(reach.mul(0.5))).toVar()
    const away = awayAt(middle as Vec3, uniforms).toVar()
    const side = across(direction as Vec3, away as Vec3).toVar()
    const up = cross(side, away).toVar()
    const slope = abs(dot(direction, away)).toVar()
    const range = length(middle).toVar()
    const nearer = reach.mul(0.5).mul(slope).add(radius)
    const grow = mix(range.div(max(range.sub(nearer), 0.1)), float(1), uniforms.flat).toVar()
    const bleed = pixelAt(range as Float, uniforms)
    const halfSide = radius.mul(grow).add(bleed)
    const halfUp = reach
      .mul(0.5)
      .mul(abs(dot(direction, up)))
      .add(radius.mul(slope))
      .mul(grow)
      .add(bleed)
    const corner = middle
      .add(side.mul(positionGeometry.x.mul(halfSide)))
      .add(up.mul(positionGeometry.y.mul(halfUp)))
      .toVar()

    start.assign(vec4(from, radius))
    axis.assign(vec4(direction, reach))
    albedo.assign(scene.colors.element(atom).xyz)
    otherAlbedo.assign(scene.colors.element(partner).xyz)
    const here = scene.occlusion.element(atom).toVar()
    const there = scene.occlusion.element(partner)
    seriesHere.assign(turn(here as Vec4))
    seriesMiddle.assign(turn(here.add(there).mul(0.5) as Vec4))
    spot.assign(corner)
    veil.assign(veilOf(image))
    ballRadius.assign(radii.y.mul(uniforms.ballScale).add(uniforms.ballBase))
    const drawn = slot.notEqual(0).and(radius.greaterThan(0.002))
    return drawn.select(cameraProjectionMatrix.mul(vec4(corner, 1)), vec4(2, 2, 2, 1))
  })

  // As for atoms; the distance along the axis is recomputed from the hit.
  const trace = Fn(() => {
    const { origin: eye, direction: ray } = eyeRay(spot as Vec3, uniforms)
    const from = start.xyz.sub(eye).toVar()
    const near = dot(ray, from).toVar()
    const origin = ray.mul(near).sub(from).toVar()
    const lean = dot(ray, axis.xyz).toVar()
    const rise = dot(origin, axis.xyz).toVar()
    const rayAcross = ray.sub(axis.xyz.mul(lean)).toVar()
    const originAcross = origin.sub(axis.xyz.mul(rise)).toVar()
    const a = max(dot(rayAcross, rayAcross), 1e-8).toVar()
    const b = dot(rayAcross, originAcross).toVar()
    const closest = originAcross.sub(rayAcross.mul(b.div(a)))
    const beside = length(closest).toVar()
    const cover = start.w
      .sub(beside)
      .div(pixelAt(near as Float, uniforms))
      .add(0.5)
      .toVar()
    const depth = sqrt(max(start.w.mul(start.w).sub(beside.mul(beside)), 0).div(a))
    const t = b.div(a).negate().sub(depth).toVar()
    const height = rise.add(lean.mul(t))
    Discard(cover.lessThan(0.01).or(height.lessThan(0)).or(height.greaterThan(axis.w)))
    return vec4(eye.add(ray.mul(near.add(t))), cover)
  })

  const material = vertexPosition(vertex() as unknown as Vec4)
  const hit = trace().toVar()
  const fromStart = hit.xyz.sub(start.xyz).toVar()
  const height = dot(fromStart, axis.xyz).toVar()
  const normal = normalize(fromStart.sub(axis.xyz.mul(height))).toVar()
  const series = mix(seriesHere, seriesMiddle, height.div(axis.w).clamp(0, 1))
  // The ball a stick leaves takes light from its foot; there is no ball to speak of in licorice.
  const foot = smoothstep(ballRadius, ballRadius.add(0.22), height).oneMinus()
  const contact = foot.mul(smoothstep(0, 0.1, ballRadius.sub(start.w))).mul(0.3)
  // Where the two halves meet, a pixel's width of both colours instead of a jagged edge.
  const blur = pixelAt(hit.z.negate() as Float, uniforms)
  const blend = axis.w.sub(0.004).sub(height).div(blur).oneMinus().clamp(0, 1).mul(0.5)
  const tint = mix(albedo, otherAlbedo, blend)
  const hidden = series.w.add(dot(series.xyz, normal)).max(0).add(contact)
  material.depthNode = edgeDepth(hit, multisampled)
  const seen = lighting
    .shade(tint as Vec3, normal as Vec3, hit.xyz as Vec3, hidden as Float, veil as Float)
    .mul(outlined(hit.w.sub(0.5) as Float, uniforms))
  material.fragmentNode = vec4(seen as Vec3, hit.w.clamp(0, 1))
  smoothEdges(material, multisampled)
  return quad(atoms * slots, material, 'bonds')
}
