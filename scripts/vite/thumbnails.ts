import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'
import { bondsOf } from '../../src/chemistry/bonds.ts'
import { elementOf } from '../../src/chemistry/elements.ts'
import type { Structure } from '../../src/chemistry/structure.ts'
import { readXyz } from '../../src/formats/index.ts'

const [WIDTH, HEIGHT] = [120, 90]
/** Of the covalent radius; as ball-and-stick has it, a little fuller because the picture is small. */
const BALL = 0.62
/** Å. */
const STICK = 0.26
/** The largest scale, in pixels per Å: small molecules do not fill the picture. */
const LARGEST = 22

const folder = new URL('../../public/structures/', import.meta.url).pathname
const short = (x: number): string => x.toFixed(1).replace(/\.0$/, '')

/** The atoms as the page shows them first, [n × 3] Å: x to the right, y up, z to the eye. */
async function turned(structure: Structure): Promise<Float64Array> {
  // Late, because it takes three.js along.
  const { firstTurn } = await import('../../src/viewer/framing.ts')
  const { positions, cell } = structure
  const count = positions.length / 3
  const center = [0, 1, 2].map(
    (axis) => positions.reduce((sum, x, i) => sum + (i % 3 === axis ? x : 0), 0) / count,
  )
  const points = Float64Array.from(positions, (x, i) => x - center[i % 3])
  const { x, y, z, w } = firstTurn(points, cell !== null).invert()
  const rows = [
    [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
    [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
    [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
  ]
  return points.map((_, i) => {
    const [row, atom] = [rows[i % 3], i - (i % 3)]
    return row[0] * points[atom] + row[1] * points[atom + 1] + row[2] * points[atom + 2]
  })
}

/**
 * A small picture of a structure: shaded balls and sticks, the farthest first.
 * @returns an SVG that needs nothing else
 */
export async function thumbnailOf(structure: Structure): Promise<string> {
  const points = await turned(structure)
  const symbols = Array.from(structure.atomicNumbers, (z) => elementOf(z).symbol)
  const radii = Float64Array.from(structure.atomicNumbers, (z) => BALL * elementOf(z).covalentRadius)
  const [left, right, bottom, top] = [0, 0, 1, 1].map((axis, side) =>
    radii.reduce(
      (most, radius, atom) =>
        side % 2 === 0
          ? Math.min(most, points[3 * atom + axis] - radius)
          : Math.max(most, points[3 * atom + axis] + radius),
      side % 2 === 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
    ),
  )
  const scale = Math.min(LARGEST, (WIDTH - 4) / (right - left), (HEIGHT - 4) / (top - bottom))
  const x = (atom: number) => WIDTH / 2 + scale * (points[3 * atom] - (left + right) / 2)
  const y = (atom: number) => HEIGHT / 2 - scale * (points[3 * atom + 1] - (bottom + top) / 2)
  const z = (atom: number) => points[3 * atom + 2]

  const shapes: { z: number; svg: string }[] = symbols.map((symbol, atom) => ({
    z: z(atom),
    svg: `<circle stroke="none" cx="${short(x(atom))}" cy="${short(y(atom))}" r="${short(scale * radii[atom])}" fill="url(#${symbol})"/>`,
  }))
  const bonds = bondsOf(structure)
  for (let bond = 0; bond < bonds.length; bond += 2) {
    const [a, b] = [bonds[bond], bonds[bond + 1]]
    // What is bonded across a face of the cell is far apart in the picture.
    const length = Math.hypot(...[0, 1, 2].map((axis) => points[3 * a + axis] - points[3 * b + axis]))
    if (length > 3) continue
    const line = `x1="${short(x(a))}" y1="${short(y(a))}" x2="${short(x(b))}" y2="${short(y(b))}"`
    shapes.push({ z: (z(a) + z(b)) / 2 - 0.2, svg: `<line ${line}/>` })
  }
  shapes.sort((a, b) => a.z - b.z)

  const shades = [...new Set(structure.atomicNumbers)].map((number) => {
    const { symbol, color } = elementOf(number)
    const stop = (offset: number, light: number) =>
      `<stop offset="${offset}" stop-color="color-mix(in srgb, ${color}, ${light > 0 ? '#fff' : '#0b1020'} ${Math.abs(light)}%)"/>`
    return `<radialGradient id="${symbol}" cx=".38" cy=".34" r=".72">${stop(0, 45)}${stop(0.4, 4)}${stop(1, -48)}</radialGradient>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}">`,
    `<defs>${shades.join('')}</defs>`,
    `<g stroke="#8a93a3" stroke-width="${short(scale * STICK)}">`,
    ...shapes.map(({ svg }) => svg),
    '</g></svg>\n',
  ].join('\n')
}

/** Pictures of the gallery: beside each `structures/NAME.xyz` of the built page stands a `NAME.svg`. */
export const thumbnails = (): Plugin => {
  const draw = async (file: string) => {
    const name = file.replace(/\.xyz$/, '')
    return thumbnailOf(readXyz(readFileSync(join(folder, file), 'utf8'), name)[0])
  }
  return {
    name: 'thumbnails',
    async generateBundle() {
      for (const file of readdirSync(folder).filter((name) => name.endsWith('.xyz')))
        this.emitFile({
          type: 'asset',
          fileName: `structures/${file.replace(/\.xyz$/, '.svg')}`,
          source: await draw(file),
        })
    },
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const name = /\/structures\/([\w-]+)\.svg$/.exec(request.url ?? '')?.[1]
        if (!name) return next()
        draw(`${name}.xyz`).then((svg) => response.setHeader('Content-Type', 'image/svg+xml').end(svg), next)
      })
    },
  }
}
