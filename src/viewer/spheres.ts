import {
  cameraProjectionMatrix,
  cross,
  Discard,
  dot,
  Fn,
  float,
  length,
  max,
  mix,
  normalize,
  positionGeometry,
  smoothstep,
  sqrt,
  varyingProperty,
  vec3,
  vec4,
} from 'three/tsl'
import type { Mesh } from 'three/webgpu'
import {
  type Around,
  awayAt,
  eyeRay,
  type Float,
  instanceOf,
  outlined,
  paint,
  pixelAt,
  place,
  quad,
  toView,
  turn,
  type Vec3,
  type Vec4,
  veilOf,
  vertexPosition,
} from './impostors.ts'

/** Colours of the ring inside the silhouette of a marked atom: selected, under the pointer; display-encoded. */
const SELECTED_RING = vec3(0.42, 0.76, 1)
const HOVERED_RING = vec3(1, 1, 1)
/** Pixels */
const RING = 2.2

/**
 * Atoms as spheres, exact at any zoom: one camera-facing square each, the ray–sphere intersection in the fragment.
 * The square holds the tangent cone: half width r·d/√(d² − r²) at the centre's distance d.
 */
export function sphereMesh({ nodes: scene, uniforms, lighting, multisampled }: Around, count: number): Mesh {
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
  const inside = hit.w.sub(0.5) as Float
  const seen = lighting
    .shade(albedo as Vec3, normal as Vec3, hit.xyz as Vec3, hidden as Float, veil as Float)
    .mul(outlined(inside, uniforms))
  const ring = smoothstep(RING + 0.5, RING - 0.5, inside).mul(mark.min(1))
  const ringed = mix(seen, mark.greaterThan(1.5).select(HOVERED_RING, SELECTED_RING), ring)
  paint(material, hit, ringed as Vec3, multisampled)
  return quad(count, material, 'atoms')
}
