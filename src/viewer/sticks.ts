import {
  cameraProjectionMatrix,
  cameraViewMatrix,
  Discard,
  dot,
  Fn,
  float,
  length,
  max,
  mix,
  normalize,
  round,
  smoothstep,
  varyingProperty,
  vec4,
} from 'three/tsl'
import type { Mesh, Node } from 'three/webgpu'
import { cornerAround, enterCylinder } from './cylinders.ts'
import {
  type Around,
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

/**
 * Bonds as half cylinders: every atom draws its own half, in its own colour, towards each partner in its bond slots
 * (nearest image in a cell). A bond thins as it stretches towards its breaking length, so that none pops in or out.
 * The rectangle faces the camera and bounds the capped cylinder exactly, perspective included.
 */
export function stickMesh(
  { nodes: scene, uniforms, lighting, multisampled }: Around,
  atoms: number,
  slots: number,
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
    const corner = cornerAround(from as Vec3, direction as Vec3, reach as Float, radius as Float, uniforms)

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

  const trace = Fn(() => {
    const hit = enterCylinder(spot as Vec3, start as Vec4, axis.xyz as Vec3, uniforms)
    const height = dot(hit.xyz.sub(start.xyz), axis.xyz).toVar()
    Discard(hit.w.lessThan(0.01).or(height.lessThan(0)).or(height.greaterThan(axis.w)))
    return hit
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
  const seen = lighting
    .shade(tint as Vec3, normal as Vec3, hit.xyz as Vec3, hidden as Float, veil as Float)
    .mul(outlined(hit.w.sub(0.5) as Float, uniforms))
  paint(material, hit, seen as Vec3, multisampled)
  return quad(atoms * slots, material, 'bonds')
}
