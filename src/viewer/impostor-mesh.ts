import { cameraProjectionMatrix, dot, Fn, varyingProperty, vec4 } from 'three/tsl'
import type { Mesh, Node } from 'three/webgpu'
import {
  type Around,
  type Float,
  instanceOf,
  outlined,
  paint,
  quad,
  type Vec3,
  type Vec4,
  veilOf,
  vertexPosition,
} from './impostors.ts'

/** What a fragment shows, display-encoded colours and directions of the view. */
export interface Surface {
  readonly albedo: Vec3
  readonly normal: Vec3
  /** Occlusion as a series: xyz times the normal and w are the share of light that does not come. */
  readonly series: Vec4
  /** Makes more of, or less, or adds to that share. */
  readonly hidden?: (share: Float) => Float
  /** What is drawn over it, from its distance to the silhouette in pixels. */
  readonly over?: (seen: Vec3, inside: Float) => Vec3
}

/** How one kind of shape is drawn in rectangles that face the camera. */
export interface Shape {
  readonly name: string
  /**
   * In the vertex stage: assigns what fragments need to know.
   * @param image as in {@link instanceOf}
   * @returns this corner of the rectangle, of the view; and whether there is anything to draw, if that is in question
   */
  corner(index: Node<'uint'>, image?: Vec3): { readonly corner: Vec3; readonly drawn?: Node<'bool'> }
  /**
   * In the fragment stage: the ray through `spot` of the view meets the shape, or the fragment is discarded.
   * @returns xyz where, w pixels inside the silhouette and a half
   */
  trace(spot: Vec3): Vec4
  surface(hit: Vec4): Surface
}

/** Shapes of one kind, `count` in a cell and as many in each image of it. */
export function impostorMesh(around: Around, count: number, shape: Shape): Mesh {
  const { nodes, uniforms, lighting, multisampled } = around
  const spot = varyingProperty('vec3', `v${shape.name}Spot`)
  const veil = varyingProperty('float', `v${shape.name}Veil`)
  const vertex = Fn(() => {
    const { index, image } = instanceOf(nodes, uniforms, count)
    const { corner, drawn } = shape.corner(index.toVar() as Node<'uint'>, image)
    spot.assign(corner)
    veil.assign(veilOf(image))
    const place = cameraProjectionMatrix.mul(vec4(corner, 1))
    return drawn ? drawn.select(place, vec4(2, 2, 2, 1)) : place
  })
  const trace = Fn(() => shape.trace(spot as Vec3))

  const material = vertexPosition(vertex() as unknown as Vec4)
  const hit = trace().toVar() as Vec4
  const { albedo, normal, series, hidden = (share) => share, over = (seen) => seen } = shape.surface(hit)
  const share = series.w.add(dot(series.xyz, normal)).max(0) as Float
  const inside = hit.w.sub(0.5) as Float
  const seen = lighting
    .shade(albedo, normal, hit.xyz as Vec3, hidden(share), veil as Float)
    .mul(outlined(inside, uniforms))
  paint(material, hit, over(seen as Vec3, inside), multisampled)
  return quad(count, material, shape.name)
}
