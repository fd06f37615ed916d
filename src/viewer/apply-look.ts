/** What a look changes of a picture that has been prepared. */
import type { Look, Sizes } from './look.ts'
import { type Prepared, showImages } from './prepared.ts'

/** Pixels of the line around shapes, where it is wanted. */
const OUTLINE = 1.6
/** Å: thinner tubes are none. */
const THINNEST_TUBE = 0.002

/**
 * Colours, arrows, lines, images: what need not be set for each frame.
 * @param made is called whenever something has been made that this look is the first to want
 * @returns whether more or fewer images are drawn than before
 */
export function applyLook(prepared: Prepared, look: Look, made: () => void): boolean {
  const { molecule, arrows, attention, tubes } = prepared
  molecule.painter.setColoring(look.coloring)
  void molecule.placement?.choose(look.placement).then(made)
  void attention.choose(look.attention).then(made)
  if (look.style === 'tube') void tubes.ready().then(made)
  for (const name of ['forces', 'velocities'] as const) {
    const mesh = arrows[name]
    if (mesh) mesh.visible = look.arrows.has(name)
  }
  return showImages(prepared, look.images)
}

/**
 * Sizes of shapes, which grow into those of the style, in a picture whose pixels are of this size.
 * @param pixel Å that a CSS pixel covers: everywhere, and more per Å of distance
 * @param ratio picture elements per CSS pixel
 */
export function setSizes(
  { uniforms, tubes, images }: Prepared,
  { ballScale, ballBase, stickRadius, tubeRadius, point }: Sizes,
  { projection, outline }: Look,
  { least, slope }: { readonly least: number; readonly slope: number },
  ratio: number,
): void {
  uniforms.flat.value = projection === 'orthographic' ? 1 : 0
  uniforms.density.value = ratio
  uniforms.pixel.value = (least + slope) / ratio
  uniforms.ballScale.value = ballScale
  uniforms.ballBase.value = ballBase
  uniforms.stickRadius.value = stickRadius
  uniforms.tubeRadius.value = tubeRadius
  tubes.place(tubeRadius > THINNEST_TUBE, images[0] * images[1] * images[2])
  uniforms.point.value = point * ratio
  uniforms.outline.value = outline ? OUTLINE * ratio : 0
}
