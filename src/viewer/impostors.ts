import {
  cameraProjectionMatrix,
  cameraViewMatrix,
  cross,
  float,
  instanceIndex,
  length,
  max,
  mix,
  normalize,
  smoothstep,
  uint,
  uniform,
  vec3,
  vec4,
} from 'three/tsl'
import { Matrix3, Mesh, MeshBasicNodeMaterial, type Node, PlaneGeometry, Vector3 } from 'three/webgpu'
import type { Lighting } from './lighting.ts'
import type { sharedBuffer } from './shared-buffer.ts'

type Vec4Buffer = ReturnType<typeof sharedBuffer<'vec4'>>
type UintBuffer = ReturnType<typeof sharedBuffer<'uint'>>
export type Float = Node<'float'>
export type Vec3 = Node<'vec3'>
export type Vec4 = Node<'vec4'>

/** What the impostors read on the GPU: molecule-scene.ts and painter.ts make it. */
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
  readonly tubeRadius = uniform(0)
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

/** What every kind of impostor is made of. */
export interface Around {
  readonly nodes: SceneNodes
  readonly uniforms: ImpostorUniforms
  readonly lighting: Lighting
  readonly multisampled: boolean
}

export const quad = (count: number, material: MeshBasicNodeMaterial, name: string): Mesh => {
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
export const instanceOf = (
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
export const veilOf = (image?: Vec3): Float => (image ? (length(image).min(1) as Float) : (float(0) as Float))

export const toView = (point: Vec3): Vec3 => cameraViewMatrix.mul(vec4(point, 1)).xyz as Vec3
export const turn = (series: Vec4): Vec4 =>
  vec4(cameraViewMatrix.mul(vec4(series.xyz, 0)).xyz, series.w) as Vec4
const depthOf = (hit: Vec3): Float => {
  const clip = cameraProjectionMatrix.mul(vec4(hit, 1))
  return clip.z.div(clip.w) as Float
}

/** The ray of a fragment: from the eye through a point of the view, or straight ahead where there is no perspective. */
export const eyeRay = (spot: Vec3, { flat }: ImpostorUniforms) => ({
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
export const outlined = (inside: Float, { outline }: ImpostorUniforms): Float =>
  mix(
    float(1),
    smoothstep(outline.sub(0.5), outline.add(0.5), inside).mul(0.94).add(0.06),
    outline.min(1),
  ) as Float

/** Any unit vector across `axis`, steady where the axis points at the eye. */
export const across = (axis: Vec3, other: Vec3): Vec3 => {
  const c = cross(axis, other)
  const l = length(c)
  return l.lessThan(1e-4).select(normalize(cross(axis, vec3(0.6, 0.8, 0.01))), c.div(max(l, 1e-6))) as Vec3
}

export const vertexPosition = (node: Vec4) => {
  const material = new MeshBasicNodeMaterial()
  material.vertexNode = node
  return material
}

/**
 * Draws what a fragment sees. Edges are smoothed by the share of a pixel they cover: taken into the picture's samples where
 * it has several, else blended with the backdrop.
 * @param hit xyz of the view, w pixels inside the silhouette and a half
 * @param seen display-encoded
 */
export const paint = (
  material: MeshBasicNodeMaterial,
  hit: Vec4,
  seen: Vec3,
  multisampled: boolean,
): void => {
  material.depthNode = edgeDepth(hit, multisampled)
  material.fragmentNode = vec4(seen, hit.w.clamp(0, 1))
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
