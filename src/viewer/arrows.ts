import {
  cameraProjectionMatrix,
  cameraViewMatrix,
  cross,
  Fn,
  float,
  instanceIndex,
  length,
  max,
  min,
  normalGeometry,
  normalize,
  positionGeometry,
  uniform,
  varyingProperty,
  vec3,
  vec4,
} from 'three/tsl'
import { BufferGeometry, Float32BufferAttribute, Mesh, MeshBasicNodeMaterial, type Node } from 'three/webgpu'
import { type ImpostorUniforms, place, type SceneNodes } from './impostors.ts'
import type { Lighting } from './lighting.ts'
import type { sharedBuffer } from './shared-buffer.ts'

type Vec3 = Node<'vec3'>

/** Vectors that can be drawn at atoms. */
export type ArrowName = 'forces' | 'velocities'

/** Å of arrow per unit of the vector (eV/Å, Å/fs), and linear colours. Thermal speeds of light atoms and thermal forces look alike. */
export const ARROWS: Readonly<
  Record<ArrowName, { readonly title: string; readonly length: number; readonly color: readonly number[] }>
> = {
  forces: { title: 'Forces', length: 0.7, color: [0.95, 0.42, 0.12] },
  velocities: { title: 'Velocities', length: 45, color: [0.08, 0.68, 0.6] },
}

const SIDES = 12
/** Å; radius of the shaft, of the head, length of the head. */
const SHAFT = 0.055
const HEAD = 0.15
const HEAD_LENGTH = 0.34
/** Share of an arrow that its head may take. */
const MOST_HEAD = 0.5
/** Å: shorter arrows are left out. */
const LEAST = 0.06

/**
 * An arrow along z as the material stretches it: xy in units of Å, z 0 at the foot of the shaft, 1 at its neck, 2 at the
 * tip. The rings of shaft and head have normals of their own.
 */
function arrowGeometry(): BufferGeometry {
  const rings: readonly (readonly [radius: number, z: number, normalZ: number])[] = [
    [SHAFT, 0, 0],
    [SHAFT, 1, 0],
    [SHAFT, 1, -1],
    [HEAD, 1, -1],
    [HEAD, 1, 0.4],
    [0, 2, 0.4],
  ]
  const positions: number[] = []
  const normals: number[] = []
  for (const [radius, z, normalZ] of rings)
    for (let side = 0; side < SIDES; side++) {
      const angle = (2 * Math.PI * side) / SIDES
      const out = Math.sqrt(1 - normalZ * normalZ)
      positions.push(radius * Math.cos(angle), radius * Math.sin(angle), z)
      normals.push(out * Math.cos(angle), out * Math.sin(angle), normalZ)
    }
  const faces: number[] = []
  for (let ring = 0; ring < rings.length; ring += 2)
    for (let side = 0; side < SIDES; side++) {
      const next = (side + 1) % SIDES
      const [a, b] = [ring * SIDES + side, ring * SIDES + next]
      faces.push(a, b, b + SIDES, a, b + SIDES, a + SIDES)
    }
  const geometry = new BufferGeometry()
  geometry.setAttribute('position', new Float32BufferAttribute(positions, 3))
  geometry.setAttribute('normal', new Float32BufferAttribute(normals, 3))
  geometry.setIndex(faces)
  return geometry
}

/**
 * Arrows at all atoms, read on the GPU from the simulation's own buffers.
 * @param vectors [atoms] xyz
 */
export function arrowMesh(
  name: ArrowName,
  scene: SceneNodes,
  vectors: ReturnType<typeof sharedBuffer<'vec4'>>,
  uniforms: ImpostorUniforms,
  lighting: Lighting,
  atoms: number,
): Mesh {
  const { color, length: scale } = ARROWS[name]
  const normal = varyingProperty('vec3', 'vArrowNormal')
  const seen = varyingProperty('vec3', 'vArrowSpot')
  const stretch = uniform(scale)

  const vertex = Fn(() => {
    const vector = cameraViewMatrix.mul(vec4(vectors.element(instanceIndex).xyz.mul(stretch), 0)).xyz.toVar()
    const long = length(vector).toVar()
    const along = vector.div(max(long, 1e-6)).toVar()
    const side = normalize(
      cross(
        along,
        along.z
          .abs()
          .lessThan(0.9)
          .select(vec3(0, 0, 1), vec3(1, 0, 0)),
      ),
    ).toVar()
    const up = cross(along, side).toVar()
    // Out of the ball first, so that what is seen has the length that is meant.
    const ball = scene.radii.element(instanceIndex).y.mul(uniforms.ballScale).add(uniforms.ballBase)
    const from = cameraViewMatrix
      .mul(vec4(place(scene, uniforms, instanceIndex), 1))
      .xyz.add(along.mul(ball.mul(0.9)))
      .toVar()
    const head = min(float(HEAD_LENGTH), long.mul(MOST_HEAD)).toVar()
    const slim = min(float(1), head.div(HEAD_LENGTH).add(0.25)).toVar()
    const { x, y, z } = positionGeometry
    const height = z.lessThan(1.5).select(z.mul(long.sub(head)), long)
    const corner = from
      .add(side.mul(x.mul(slim)))
      .add(up.mul(y.mul(slim)))
      .add(along.mul(height))
      .toVar()
    const n = normalGeometry
    normal.assign(side.mul(n.x).add(up.mul(n.y)).add(along.mul(n.z)))
    seen.assign(corner)
    return long.lessThan(LEAST).select(vec4(2, 2, 2, 1), cameraProjectionMatrix.mul(vec4(corner, 1)))
  })

  const material = new MeshBasicNodeMaterial()
  material.vertexNode = vertex() as unknown as Node<'vec4'>
  const [r, g, b] = color
  material.fragmentNode = vec4(
    lighting.shade(
      vec3(r, g, b) as Vec3,
      normalize(normal) as Vec3,
      seen as Vec3,
      float(0.15) as Node<'float'>,
    ),
    1,
  )
  const mesh = new Mesh(arrowGeometry(), material)
  mesh.count = atoms
  mesh.frustumCulled = false
  mesh.name = name
  mesh.visible = false
  return mesh
}
