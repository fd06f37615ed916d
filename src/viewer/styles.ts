/** How atoms and bonds are drawn. Radii in Å. */
export interface Style {
  readonly name: StyleName
  readonly title: string
  /** Drawn radius of an atom = van der Waals radius · ballScale + ballBase. */
  readonly ballScale: number
  readonly ballBase: number
  readonly stickRadius: number
  /** Of the tube along backbones; 0 for none. */
  readonly tubeRadius: number
  /** CSS pixels: atoms are never drawn with a smaller radius. */
  readonly point: number
  /** Room around the atoms' centres that a framed picture leaves. */
  readonly margin: number
}

export type StyleName = 'ball-and-stick' | 'space-filling' | 'licorice' | 'points' | 'tube'

export const styles: readonly Style[] = [
  {
    name: 'ball-and-stick',
    title: 'Ball and stick',
    ballScale: 0.215,
    ballBase: 0.045,
    stickRadius: 0.105,
    tubeRadius: 0,
    point: 0,
    margin: 0.85,
  },
  {
    name: 'space-filling',
    title: 'Space-filling',
    ballScale: 1,
    ballBase: 0,
    stickRadius: 0.05,
    tubeRadius: 0,
    point: 0,
    margin: 1.8,
  },
  {
    name: 'licorice',
    title: 'Licorice',
    ballScale: 0,
    ballBase: 0.19,
    stickRadius: 0.19,
    tubeRadius: 0,
    point: 0,
    margin: 0.7,
  },
  {
    name: 'points',
    title: 'Points',
    ballScale: 0,
    ballBase: 0.02,
    stickRadius: 0,
    tubeRadius: 0,
    point: 2.4,
    margin: 0.6,
  },
  {
    name: 'tube',
    title: 'Backbone tube',
    ballScale: 0,
    ballBase: 0.085,
    stickRadius: 0.085,
    tubeRadius: 0.42,
    point: 0,
    margin: 0.8,
  },
]

export const styleOf = (name: StyleName): Style => styles.find((style) => style.name === name)!
