import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Vector3 } from 'three/webgpu'
import type { Plugin } from 'vite'
import { bondsOf } from '../../src/chemistry/bonds.ts'
import { centerOfGeometry } from '../../src/chemistry/center.ts'
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

/** The atoms in Å as the page shows them first: x to the right, y up, z to the eye. */
async function turned(structure: Structure): Promise<Vector3[]> {
  // Late, because three.js takes half a second.
  const [{ Vector3 }, { firstTurn }] = await Promise.all([
    import('three/webgpu'),
    import('../../src/viewer/framing.ts'),
  ])
  const center = centerOfGeometry(structure)
  const points = structure.positions.map((x, i) => x - center[i % 3])
  const turn = firstTurn(points, structure.cell !== null).invert()
  return Array.from(structure.atomicNumbers, (_, atom) =>
    new Vector3().fromArray(points, 3 * atom).applyQuaternion(turn),
  )
}

/**
 * A small picture of a structure: shaded balls and sticks, the farthest first.
 * @returns an SVG that needs nothing else
 */
export async function thumbnailOf(structure: Structure): Promise<string> {
  const points = await turned(structure)
  const symbols = Array.from(structure.atomicNumbers, (z) => elementOf(z).symbol)
  const radii = Float64Array.from(structure.atomicNumbers, (z) => BALL * elementOf(z).covalentRadius)
  const left = Math.min(...points.map(({ x }, atom) => x - radii[atom]))
  const right = Math.max(...points.map(({ x }, atom) => x + radii[atom]))
  const bottom = Math.min(...points.map(({ y }, atom) => y - radii[atom]))
  const top = Math.max(...points.map(({ y }, atom) => y + radii[atom]))
  const scale = Math.min(LARGEST, (WIDTH - 4) / (right - left), (HEIGHT - 4) / (top - bottom))
  const x = (atom: number) => short(WIDTH / 2 + scale * (points[atom].x - (left + right) / 2))
  const y = (atom: number) => short(HEIGHT / 2 - scale * (points[atom].y - (bottom + top) / 2))

  const shapes: { z: number; svg: string }[] = symbols.map((symbol, atom) => ({
    z: points[atom].z,
    svg: `<circle stroke="none" cx="${x(atom)}" cy="${y(atom)}" r="${short(scale * radii[atom])}" fill="url(#${symbol})"/>`,
  }))
  const bonds = bondsOf(structure)
  for (let bond = 0; bond < bonds.length; bond += 2) {
    const [a, b] = [bonds[bond], bonds[bond + 1]]
    // What is bonded across a face of the cell is far apart in the picture.
    if (points[a].distanceTo(points[b]) > 3) continue
    const line = `x1="${x(a)}" y1="${y(a)}" x2="${x(b)}" y2="${y(b)}"`
    shapes.push({ z: (points[a].z + points[b].z) / 2 - 0.2, svg: `<line ${line}/>` })
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
