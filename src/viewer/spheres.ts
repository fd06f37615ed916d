import {
  cross,
  Discard,
  dot,
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
import { impostorMesh } from './impostor-mesh.ts'
import {
  type Around,
  awayAt,
  eyeRay,
  type Float,
  pixelAt,
  place,
  toView,
  turn,
  type Vec3,
  type Vec4,
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
export function sphereMesh(around: Around, count: number): Mesh {
  const { nodes: scene, uniforms } = around
  const ball = varyingProperty('vec4', 'vBall')
  const albedo = varyingProperty('vec3', 'vAlbedo')
  const series = varyingProperty('vec4', 'vSeries')
  const mark = varyingProperty('float', 'vMark')

  return impostorMesh(around, count, {
    name: 'atoms',
    corner(atom, image) {
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
      ball.assign(vec4(center, radius))
      albedo.assign(look.xyz)
      mark.assign(look.w)
      series.assign(turn(scene.occlusion.element(atom)))
      const corner = center
        .add(right.mul(positionGeometry.x.mul(half)))
        .add(up.mul(positionGeometry.y.mul(half)))
        .toVar()
      return { corner: corner as Vec3 }
    },
    trace(spot) {
      const { origin, direction: ray } = eyeRay(spot, uniforms)
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
      return vec4(origin.add(ray.mul(along.sub(depth))), cover) as Vec4
    },
    surface: (hit) => ({
      albedo: albedo as Vec3,
      normal: normalize(hit.xyz.sub(ball.xyz)).toVar() as Vec3,
      series: series as Vec4,
      over(seen, inside) {
        const ring = smoothstep(RING + 0.5, RING - 0.5, inside).mul(mark.min(1))
        return mix(seen, mark.greaterThan(1.5).select(HOVERED_RING, SELECTED_RING), ring) as Vec3
      },
    }),
  })
}
