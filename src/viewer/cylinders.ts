import { abs, cross, dot, length, max, mix, positionGeometry, sqrt, vec4 } from 'three/tsl'
import {
  across,
  awayAt,
  eyeRay,
  type Float,
  type ImpostorUniforms,
  pixelAt,
  type Vec3,
  type Vec4,
} from './impostors.ts'

/**
 * This vertex of the rectangle that faces the camera and bounds a cylinder exactly, perspective included.
 * @param from middle of one end, of the view
 * @param direction to the other end, unit; `reach` is how far that is
 */
export function cornerAround(
  from: Vec3,
  direction: Vec3,
  reach: Float,
  radius: Float,
  uniforms: ImpostorUniforms,
): Vec3 {
  const middle = from.add(direction.mul(reach.mul(0.5))).toVar()
  const away = awayAt(middle as Vec3, uniforms).toVar()
  const side = across(direction, away as Vec3).toVar()
  const up = cross(side, away).toVar()
  const slope = abs(dot(direction, away)).toVar()
  const range = length(middle).toVar()
  const nearer = reach.mul(0.5).mul(slope).add(radius)
  const grow = mix(range.div(max(range.sub(nearer), 0.1)), 1, uniforms.flat).toVar()
  const bleed = pixelAt(range as Float, uniforms)
  const halfSide = radius.mul(grow).add(bleed)
  const halfUp = reach
    .mul(0.5)
    .mul(abs(dot(direction, up)))
    .add(radius.mul(slope))
    .mul(grow)
    .add(bleed)
  return middle
    .add(side.mul(positionGeometry.x.mul(halfSide)))
    .add(up.mul(positionGeometry.y.mul(halfUp)))
    .toVar() as Vec3
}

/**
 * Where a fragment's ray enters an endless cylinder: xyz the point, w pixels inside the silhouette and a half. To be
 * called where statements are collected (`Fn`).
 * @param spot of the view, through which the ray goes
 * @param start xyz a point of the axis, w radius
 * @param axis unit
 */
export function enterCylinder(spot: Vec3, start: Vec4, axis: Vec3, uniforms: ImpostorUniforms): Vec4 {
  const { origin: eye, direction: ray } = eyeRay(spot, uniforms)
  const from = start.xyz.sub(eye).toVar()
  const near = dot(ray, from).toVar()
  const origin = ray.mul(near).sub(from).toVar()
  const lean = dot(ray, axis).toVar()
  const rise = dot(origin, axis).toVar()
  const rayAcross = ray.sub(axis.mul(lean)).toVar()
  const originAcross = origin.sub(axis.mul(rise)).toVar()
  const a = max(dot(rayAcross, rayAcross), 1e-8).toVar()
  const b = dot(rayAcross, originAcross).toVar()
  const closest = originAcross.sub(rayAcross.mul(b.div(a)))
  const beside = length(closest).toVar()
  const cover = start.w
    .sub(beside)
    .div(pixelAt(near as Float, uniforms))
    .add(0.5)
  const depth = sqrt(max(start.w.mul(start.w).sub(beside.mul(beside)), 0).div(a))
  const t = b.div(a).negate().sub(depth)
  return vec4(eye.add(ray.mul(near.add(t))), cover).toVar() as Vec4
}
