import { Color, SRGBColorSpace } from 'three/webgpu'
import { elementOf } from '../chemistry/elements.ts'
import type { Structure } from '../chemistry/structure.ts'

/** Jmol's carbon is made for black ground; on ours it is lifted and cooled a little. */
const CARBON = '#989ea9'

const tint = (atomicNumber: number): Color => {
  const color = new Color().setStyle(
    atomicNumber === 6 ? CARBON : elementOf(atomicNumber).color,
    SRGBColorSpace,
  )
  // Pure screen primaries (oxygen, chlorine, sulfur) leave no room for light and shade.
  const grey = 0.2126 * color.r + 0.7152 * color.g + 0.0722 * color.b
  const keep = atomicNumber === 6 ? 1 : 0.92
  color.setRGB(grey + (color.r - grey) * keep, grey + (color.g - grey) * keep, grey + (color.b - grey) * keep)
  return color.multiplyScalar(0.9)
}

/** [atoms × 4] linear red, green, blue of each atom's element; w unused. */
export function elementColors(structure: Structure): Float32Array<ArrayBuffer> {
  const tints = new Map<number, Color>()
  const colors = new Float32Array(4 * structure.atomicNumbers.length)
  structure.atomicNumbers.forEach((z, atom) => {
    if (!tints.has(z)) tints.set(z, tint(z))
    const { r, g, b } = tints.get(z)!
    colors.set([r, g, b, 1], 4 * atom)
  })
  return colors
}

/** [atoms × 4] covalent radius, van der Waals radius (Å), 1 for hydrogen, 0. */
export function elementRadii(structure: Structure): Float32Array<ArrayBuffer> {
  const radii = new Float32Array(4 * structure.atomicNumbers.length)
  structure.atomicNumbers.forEach((z, atom) => {
    const { covalentRadius, vdwRadius } = elementOf(z)
    radii.set([covalentRadius, vdwRadius, z === 1 ? 1 : 0, 0], 4 * atom)
  })
  return radii
}
