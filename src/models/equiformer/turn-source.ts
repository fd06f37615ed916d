/**
 * Writes the kernels that turn features into the frame of an edge or out of it, each unrolled component by component:
 * from atoms to edges and back. Around them: shaders/equiformer/turned.wgsl.
 */
import type { BlockRows, IrrepsRows } from '../layers/irreps-rows.ts'
import { type BlockKernelSource, blockKernel, RADIAL, range, torqueTerms } from './kernel-text.ts'

/** First number of each degree's matrix in a row of frames, and the length of such a row. */
export const frameOffset = (degree: number): number =>
  range(degree)
    .slice(1)
    .reduce((sum, l) => sum + (2 * l + 1) ** 2, 0)
export const frameLength = (maxDegree: number): number => Math.max(1, frameOffset(maxDegree + 1))

/** What all kernels need to know of frames. */
export interface Frames {
  readonly maxDegree: number
}

/** Rows that are a part of longer ones; in floats. */
export interface RowPart {
  readonly stride: number
  readonly base: number
}

const factor = (degree: number, frame: string, m: number, n: number): string =>
  `frames[${frame} + ${frameOffset(degree) + m * (2 * degree + 1) + n}u]`

/** Lines that declare components `to`m of features with components `from`n, turned into the frame or out of it. */
function turned(
  { block: { degree }, parts }: BlockRows,
  frame: string,
  into: boolean,
  from: string,
  to: string,
): string[] {
  if (degree === 0) return [`let ${to}0 = ${from}0;`]
  return range(parts).map((m) => {
    const terms = range(parts).map(
      (n) => `${into ? factor(degree, frame, n, m) : factor(degree, frame, m, n)} * ${from}${n}`,
    )
    return `let ${to}${m} = ${terms.join(' + ')};`
  })
}

const place = ({ offset, width }: BlockRows, m: number, base = 0): string =>
  `${(base + offset + m * width) / 4}u + c`

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`)

/** The lines that find an edge and four channels for a lane. */
const anEdge = ({ width }: BlockRows): string[] => [
  `  let c = lane % ${width / 4}u;`,
  `  let e = lane / ${width / 4}u;`,
  '  if e >= edge_count() { return; }',
]

const anAtom = ({ width }: BlockRows): string[] => [
  `  let c = lane % ${width / 4}u;`,
  `  let i = lane / ${width / 4}u;`,
  '  if i >= system.atoms { return; }',
]

const kernel = (
  rows: IrrepsRows,
  names: readonly string[],
  write: (block: BlockRows) => string[],
): BlockKernelSource => blockKernel({ 'equiformer/turned': names }, rows.blocks.map(write), lanesIn(rows))

const lanesIn =
  ({ blocks }: IrrepsRows): BlockKernelSource['lanes'] =>
  (block, items) =>
    (items * blocks[block].width) / 4

/**
 * m_e = D(R_e)ᵀ (a[source] + b[receiver]): `features` a and `others` b [atoms, rows] to `results` [edges, rows].
 * SPEC section 12.
 */
export const mergeSource = (rows: IrrepsRows, { maxDegree }: Frames): BlockKernelSource =>
  kernel(rows, ['edge_count', 'edges', 'features', 'frames', 'others', 'results'], (block) => {
    const w = rows.width / 4
    return [
      ...anEdge(block),
      '  let edge = edges[e];',
      `  let frame = e * ${frameLength(maxDegree)}u;`,
      ...range(block.parts).map((m) => {
        const p = place(block, m)
        return `  let x${m} = features[edge.source * ${w}u + ${p}] + others[edge.receiver * ${w}u + ${p}];`
      }),
      ...indented(turned(block, 'frame', true, 'x', 'y')),
      ...range(block.parts).map((m) => `  results[e * ${w}u + ${place(block, m)}] = y${m};`),
    ]
  })

/**
 * Adjoint of {@link mergeSource}: gradient `features` [edges, rows] in frames to `results` toward a and `others_results`
 * toward b, [atoms, rows]. An atom is the source of the reverses of the edges in its row.
 */
export const mergeAdjointSource = (rows: IrrepsRows, { maxDegree }: Frames): BlockKernelSource =>
  kernel(
    rows,
    ['edges', 'features', 'frames', 'others_results', 'results', 'reverse', 'row_starts', 'system'],
    (block) => {
      const w = rows.width / 4
      const sum = (name: string) => range(block.parts).map((m) => `  var ${name}${m} = vec4f(0.0);`)
      const added = (edge: string, name: string) => [
        '    {',
        `      let frame = ${edge} * ${frameLength(maxDegree)}u;`,
        ...range(block.parts).map((m) => `      let g${m} = features[${edge} * ${w}u + ${place(block, m)}];`),
        ...turned(block, 'frame', false, 'g', 'h').map((line) => `      ${line}`),
        ...range(block.parts).map((m) => `      ${name}${m} += h${m};`),
        '    }',
      ]
      return [
        ...anAtom(block),
        ...sum('a'),
        ...sum('b'),
        '  for (var e = row_starts[i]; e < row_starts[i + 1u]; e++) {',
        '    if edges[e].distance == 0.0 { continue; }',
        '    let back = reverse[e];',
        ...added('e', 'b'),
        ...added('back', 'a'),
        '  }',
        ...range(block.parts).flatMap((m) => [
          `  results[i * ${w}u + ${place(block, m)}] = a${m};`,
          `  others_results[i * ${w}u + ${place(block, m)}] = b${m};`,
        ]),
      ]
    },
  )

/** Head of the channels c of a block. */
const headOf = ({ width }: BlockRows, heads: number): string => `c / ${width / 4 / heads}u`

/**
 * o_i = Σ_e weight_eh D(R_e) v_e[h]: `features` [edges, part] in frames and `weights` to `results` [atoms, rows].
 * SPEC section 12.
 */
export const valuesSource = (
  rows: IrrepsRows,
  heads: number,
  values: RowPart,
  { maxDegree }: Frames,
): BlockKernelSource =>
  kernel(rows, ['edges', 'features', 'frames', 'results', 'row_starts', 'system', 'weights'], (block) => [
    ...anAtom(block),
    ...range(block.parts).map((m) => `  var o${m} = vec4f(0.0);`),
    '  for (var e = row_starts[i]; e < row_starts[i + 1u]; e++) {',
    '    if edges[e].distance == 0.0 { continue; }',
    `    let frame = e * ${frameLength(maxDegree)}u;`,
    `    let weight = weights[e * ${heads}u + ${headOf(block, heads)}];`,
    ...range(block.parts).map(
      (m) => `    let v${m} = features[e * ${values.stride / 4}u + ${place(block, m, values.base)}];`,
    ),
    ...indented(indented(turned(block, 'frame', false, 'v', 'h'))),
    ...range(block.parts).map((m) => `    o${m} += weight * h${m};`),
    '  }',
    ...range(block.parts).map((m) => `  results[i * ${rows.width / 4}u + ${place(block, m)}] = o${m};`),
  ])

/**
 * Adjoint of {@link valuesSource}: gradient `features` [atoms, rows] at its results and values `others` [edges, part] to the
 * values' gradient `results` [edges, part], the torque on frames, and in w of `pulls` what a weight's gradient is the sum of
 * over its head's channels.
 * @param pulls what the row of an edge's pulls has, and the first of it that belongs to these values; in vec4s
 */
export const valuesAdjointSource = (
  rows: IrrepsRows,
  heads: number,
  values: RowPart,
  pulls: { readonly stride: number; readonly first: number },
  { maxDegree }: Frames,
): BlockKernelSource => {
  const firsts = columnsOf(rows, pulls.first)
  return kernel(
    rows,
    ['edge_count', 'edges', 'features', 'frames', 'others', 'pulls', 'results', 'weights'],
    (block) => {
      const { degree } = block.block
      const w = rows.width / 4
      const torque = (axis: number) =>
        torqueTerms(
          degree,
          axis,
          (m) => `y${m}`,
          (m) => `v${m}`,
        )
      const value = (m: number) => `e * ${values.stride / 4}u + ${place(block, m, values.base)}`
      return [
        ...anEdge(block),
        `  let frame = e * ${frameLength(maxDegree)}u;`,
        '  let i = edges[e].receiver;',
        `  let weight = weights[e * ${heads}u + ${headOf(block, heads)}];`,
        ...range(block.parts).flatMap((m) => [
          `  let g${m} = features[i * ${w}u + ${place(block, m)}];`,
          `  let v${m} = others[${value(m)}];`,
        ]),
        ...indented(turned(block, 'frame', true, 'g', 'y')),
        ...range(block.parts).map((m) => `  results[${value(m)}] = weight * y${m};`),
        `  let toward = ${range(block.parts)
          .map((m) => `dot(y${m}, v${m})`)
          .join(' + ')};`,
        `  let at = e * ${pulls.stride}u + ${firsts.get(block)}u + c;`,
        `  pulls[at] = vec4f(pulls[at].xyz + weight * vec3f(${torque(0)}, 0.0, ${torque(2)}), toward);`,
      ]
    },
  )
}

/** First column of each block, where every four channels of a block have one. */
export function columnsOf({ blocks }: IrrepsRows, first: number): Map<BlockRows, number> {
  let column = first
  return new Map(
    blocks.map((block) => {
      const at = column
      column += block.width / 4
      return [block, at]
    }),
  )
}

/** For every block: its first column, and columns of a head; as shaders/equiformer/head_sums.wgsl reads them. */
export const headColumns = (values: IrrepsRows, heads: number, first: number): Uint32Array =>
  Uint32Array.from(
    [...columnsOf(values, first)].flatMap(([{ width }, column]) => [column, width / 4 / heads]),
  )

/** Columns of rows, where every four channels of a block have one. */
export const columnCount = ({ blocks }: IrrepsRows): number =>
  blocks.reduce((sum, { width }) => sum + width / 4, 0)

/**
 * The edge degree embedding, `results` [atoms, rows]; its functions are one for every channel of every block, in the
 * order of `columnsOf`. SPEC section 12.
 */
export const degreeSource = (rows: IrrepsRows, { maxDegree }: Frames): BlockKernelSource =>
  degreeKernel(rows, ['edges', 'frames', 'results', 'row_starts', 'start', 'system'], (block, column) => [
    ...anAtom(block),
    ...range(block.parts).map((m) => `  var x${m} = start[i * ${rows.width / 4}u + ${place(block, m)}];`),
    '  for (var e = row_starts[i]; e < row_starts[i + 1u]; e++) {',
    '    let edge = edges[e];',
    '    if edge.distance == 0.0 { continue; }',
    `    let frame = e * ${frameLength(maxDegree)}u;`,
    `    let r = weights_at(place_of(edge.distance), ${columnCount(rows)}u, ${column}u + c).value;`,
    ...range(block.parts).map((m) => `    x${m} += ${alongAxis(block, m)}r;`),
    '  }',
    ...range(block.parts).map((m) => `  results[i * ${rows.width / 4}u + ${place(block, m)}] = x${m};`),
  ])

/** D[m, 0] times. */
const alongAxis = ({ block: { degree } }: BlockRows, m: number): string =>
  degree === 0 ? '' : `${factor(degree, 'frame', m, degree)} * `

/** Adjoint of {@link degreeSource}: from `gradient` [atoms, rows] to `pulls`. */
export const degreeAdjointSource = (
  rows: IrrepsRows,
  pulls: { readonly stride: number; readonly first: number },
  { maxDegree }: Frames,
): BlockKernelSource => {
  const firsts = columnsOf(rows, pulls.first)
  return degreeKernel(rows, ['edge_count', 'edges', 'frames', 'gradient', 'pulls'], (block, column) => {
    const { degree } = block.block
    // All of the edge's features but those with m = 0 vanish in its frame.
    const torque = (axis: number) =>
      torqueTerms(
        degree,
        axis,
        (m) => `y${m}`,
        (m) => (m === degree ? 'r.value' : null),
      )
    return [
      ...anEdge(block),
      '  let edge = edges[e];',
      '  if edge.distance == 0.0 { return; }',
      `  let frame = e * ${frameLength(maxDegree)}u;`,
      `  let r = weights_at(place_of(edge.distance), ${columnCount(rows)}u, ${column}u + c);`,
      ...range(block.parts).map(
        (m) => `  let g${m} = gradient[edge.receiver * ${rows.width / 4}u + ${place(block, m)}];`,
      ),
      ...indented(turned(block, 'frame', true, 'g', 'y')),
      `  let at = e * ${pulls.stride}u + ${firsts.get(block)}u + c;`,
      `  pulls[at] += vec4f(${torque(0)}, dot(y${degree}, r.slope), ${torque(2)}, 0.0);`,
    ]
  })
}

function degreeKernel(
  rows: IrrepsRows,
  names: readonly string[],
  write: (block: BlockRows, column: number) => string[],
): BlockKernelSource {
  const columns = columnsOf(rows, 0)
  return blockKernel(
    { 'equiformer/edge_degree': names, 'equiformer/radial': RADIAL },
    rows.blocks.map((block) => write(block, columns.get(block)!)),
    lanesIn(rows),
  )
}
