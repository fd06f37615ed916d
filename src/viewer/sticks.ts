import {
  cameraViewMatrix,
  Discard,
  dot,
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
import { impostorMesh } from './impostor-mesh.ts'
import { type Around, type Float, pixelAt, place, toView, turn, type Vec3, type Vec4 } from './impostors.ts'

/**
 * Bonds as half cylinders: every atom draws its own half, in its own colour, towards each partner in its bond slots
 * (nearest image in a cell). A bond thins as it stretches towards its breaking length, so that none pops in or out.
 * The rectangle faces the camera and bounds the capped cylinder exactly, perspective included.
 */
export function stickMesh(around: Around, atoms: number, slots: number): Mesh {
  const { nodes: scene, uniforms } = around
  const start = varyingProperty('vec4', 'vStart')
  const axis = varyingProperty('vec4', 'vAxis')
  const ownAlbedo = varyingProperty('vec3', 'vOwnAlbedo')
  const otherAlbedo = varyingProperty('vec3', 'vOtherAlbedo')
  const seriesHere = varyingProperty('vec4', 'vSeriesHere')
  const seriesMiddle = varyingProperty('vec4', 'vSeriesMiddle')
  const ballRadius = varyingProperty('float', 'vBallRadius')

  return impostorMesh(around, atoms * slots, {
    name: 'bonds',
    corner(half, image) {
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
      start.assign(vec4(from, radius))
      axis.assign(vec4(direction, reach))
      ownAlbedo.assign(scene.colors.element(atom).xyz)
      otherAlbedo.assign(scene.colors.element(partner).xyz)
      const here = scene.occlusion.element(atom).toVar()
      const there = scene.occlusion.element(partner)
      seriesHere.assign(turn(here as Vec4))
      seriesMiddle.assign(turn(here.add(there).mul(0.5) as Vec4))
      ballRadius.assign(radii.y.mul(uniforms.ballScale).add(uniforms.ballBase))
      return {
        corner: cornerAround(from as Vec3, direction as Vec3, reach as Float, radius as Float, uniforms),
        drawn: slot.notEqual(0).and(radius.greaterThan(0.002)) as Node<'bool'>,
      }
    },
    trace(spot) {
      const hit = enterCylinder(spot, start as Vec4, axis.xyz as Vec3, uniforms)
      const height = dot(hit.xyz.sub(start.xyz), axis.xyz).toVar()
      Discard(hit.w.lessThan(0.01).or(height.lessThan(0)).or(height.greaterThan(axis.w)))
      return hit
    },
    surface(hit) {
      const fromStart = hit.xyz.sub(start.xyz).toVar()
      const height = dot(fromStart, axis.xyz).toVar()
      // The ball a stick leaves takes light from its foot; there is no ball to speak of in licorice.
      const foot = smoothstep(ballRadius, ballRadius.add(0.22), height).oneMinus()
      const contact = foot.mul(smoothstep(0, 0.1, ballRadius.sub(start.w))).mul(0.3)
      // Where the two halves meet, a pixel's width of both colours instead of a jagged edge.
      const blur = pixelAt(hit.z.negate() as Float, uniforms)
      const blend = axis.w.sub(0.004).sub(height).div(blur).oneMinus().clamp(0, 1).mul(0.5)
      return {
        albedo: mix(ownAlbedo, otherAlbedo, blend) as Vec3,
        normal: normalize(fromStart.sub(axis.xyz.mul(height))).toVar() as Vec3,
        series: mix(seriesHere, seriesMiddle, height.div(axis.w).clamp(0, 1)) as Vec4,
        hidden: (share) => share.add(contact) as Float,
      }
    },
  })
}
