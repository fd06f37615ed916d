import { positionGeometry, uniform, vec4 } from 'three/tsl'
import {
  BufferGeometry,
  Float32BufferAttribute,
  LineBasicNodeMaterial,
  LineSegments,
  type Node,
  Vector3,
} from 'three/webgpu'
import { type ImpostorUniforms, place, type SceneNodes } from './impostors.ts'

/** The line from an atom to the hand that pulls it. The atom's end is read on the GPU, where the atom is. */
export class Spring {
  readonly line: LineSegments
  private readonly atom = uniform(0, 'uint')
  private readonly anchor = uniform(new Vector3())
  private readonly way = uniform(new Vector3())

  constructor(scene: SceneNodes, uniforms: ImpostorUniforms) {
    const geometry = new BufferGeometry()
    // x tells the ends apart; where they are drawn is the material's business.
    geometry.setAttribute('position', new Float32BufferAttribute([0, 0, 0, 1, 0, 0], 3))
    const material = new LineBasicNodeMaterial()
    const held = place(scene, uniforms, this.atom as unknown as Node<'uint'>).add(this.way)
    material.positionNode = positionGeometry.x.lessThan(0.5).select(held, this.anchor) as Node<'vec3'>
    // Already display-encoded, like everything drawn here.
    material.fragmentNode = vec4(1, 0.78, 0.35, 1)
    // After the atoms, whose smooth edges are blended, and over them.
    material.transparent = true
    material.depthTest = false
    this.line = new LineSegments(geometry, material)
    this.line.frustumCulled = false
    this.line.renderOrder = 1
    this.line.name = 'spring'
    this.line.visible = false
  }

  /**
   * @param way from where the atom is drawn to the image of it that is held, Å
   * @param anchor in Å of the picture; null for none
   */
  show(atom: number, way: Vector3, anchor: Vector3 | null): void {
    this.line.visible = anchor !== null
    this.atom.value = atom
    this.way.value.copy(way)
    if (anchor) this.anchor.value.copy(anchor)
  }
}
