/**
 * Writes the kernels of an {@link EdgeProduct}: the sparse Clebsch–Gordan contraction unrolled path by path and component by
 * component, with its coefficients as literals, in front of the matrix product that takes it up. In an edge's frame it is
 * one multiplication per component. What is not particular to the irreps at hand stands in shaders/equiformer.
 */
import { formatIrrep } from '../irreps/irrep.ts'
import type { BlockRows } from '../layers/irreps-rows.ts'
import type { EdgeProduct, ProductPath, ResultMatrix } from './edge-product.ts'
import { type BlockKernelSource, blockKernel, literal, RADIAL, range, torqueTerms } from './kernel-text.ts'

/** What a lane takes at once. */
export interface Tile {
  /** edges that follow each other */
  readonly edges: number
  /** vec4s of channels, evenly spread over the row */
  readonly columns: number
}

/**
 * vec4s that a lane sums up, at most: with more of them less is loaded, and compilers take longer. Small matrices are soon
 * done either way.
 */
const MOST_SUMS = { small: 4, large: 16 } as const
/** Bytes of a product's matrices that make it a large one. */
const LARGE = 2 ** 19
const MOST_EDGES = 8
/** Columns where an edge has but one sum for each. */
const MOST_COLUMNS = 4

/** @param sums of an edge for each column */
const tileOf = ({ forward }: EdgeProduct, sums: number, width4: number): Tile => {
  const columns = sums === 1 ? Math.min(MOST_COLUMNS, width4) : 1
  const edges = Math.floor(MOST_SUMS[forward.bytes < LARGE ? 'small' : 'large'] / (sums * columns))
  return { columns, edges: Math.max(1, Math.min(MOST_EDGES, edges)) }
}

/** Lanes of a block of `width4` vec4s for each tile of edges. */
const lanesPerTile = (width4: number, { columns }: Tile): number => Math.ceil(width4 / columns)

const lanesOf = (width4: number, tile: Tile, edges: number): number =>
  Math.ceil(edges / tile.edges) * lanesPerTile(width4, tile)

/** The first lines of a block's function: which channels and edges a lane has. */
const beginning = (width4: number, tile: Tile, column: string): string[] => {
  const lanes = lanesPerTile(width4, tile)
  return [
    `  let first = lane / ${lanes}u * ${tile.edges}u;`,
    '  let count = edge_count();',
    '  if first >= count { return; }',
    // Channels and edges past the end repeat the last ones; what becomes of them is dropped.
    ...range(tile.columns).map((k) =>
      k === 0
        ? `  let ${column}0 = lane % ${lanes}u;`
        : `  let ${column}${k} = min(${column}0 + ${k * lanes}u, ${width4 - 1}u);`,
    ),
    ...range(tile.edges).map((r) => `  let e${r} = min(first + ${r}u, count - 1u);`),
  ]
}

/** Keeps a store from happening for edges and channels past the end. */
const guarded = (width4: number, tile: Tile, column: string, r: number, k: number, store: string): string => {
  const conditions = [
    ...(r === 0 ? [] : [`first + ${r}u < count`]),
    ...(k === 0 ? [] : [`${column}0 + ${k * lanesPerTile(width4, tile)}u < ${width4}u`]),
  ]
  return conditions.length > 0 ? `  if ${conditions.join(' && ')} { ${store} }` : `  ${store}`
}

const at = (e: number, stride: number, place: number): string => `e${e} * ${stride / 4}u + ${place / 4}u`

/** Paths that begin in the same block of features, which is then loaded once for all of them. */
function byFeatures({ uses }: ResultMatrix): ResultMatrix['uses'][] {
  const groups = new Map<unknown, ResultMatrix['uses'][number][]>()
  for (const use of uses) {
    const { from } = use.path
    groups.set(from, [...(groups.get(from) ?? []), use])
  }
  return [...groups.values()]
}

/** Results [edges, width] of features [edges, input.width] and, where they are not shared, weights [edges, weights]. */
export function productSource(product: EdgeProduct): BlockKernelSource {
  const { results, weights } = product
  const names = ['edge_count', 'features', 'matrices', 'matrix_at', 'results']
  if (weights) names.push('radial')
  return blockKernel(
    { 'equiformer/product': names },
    results.map((result) => resultFunction(product, result)),
    (block, edges) => lanesOf(results[block].width / 4, resultTile(product, results[block]), edges),
  )
}

const resultTile = (product: EdgeProduct, { degree, width }: ResultMatrix): Tile =>
  tileOf(product, 2 * degree + 1, width / 4)

function resultFunction(product: EdgeProduct, result: ResultMatrix): string[] {
  const { input, width: stride, weights } = product
  const width4 = result.width / 4
  const tile = resultTile(product, result)
  const [parts, edges, columns] = [2 * result.degree + 1, tile.edges, tile.columns].map(range)
  const zero = (k: number) => (result.bias === null ? 'vec4f(0.0)' : `matrices[${result.bias / 4}u + c${k}]`)
  const lines = beginning(width4, tile, 'c')
  for (const k of columns) {
    for (const r of edges) for (const m of parts) lines.push(`  var y${m}_${r}_${k} = ${zero(k)};`)
  }
  for (const uses of byFeatures(result)) {
    const { from } = uses[0].path
    const needed = [...new Set(uses.flatMap(({ path }) => [...path.source].filter((n) => n >= 0)))].sort()
    lines.push(`  for (var u = 0u; u < ${from.width / 4}u; u++) {`)
    for (const r of edges) {
      for (const n of needed) {
        const place = from.offset + n * from.width
        lines.push(`    let x${n}_${r} = features[${at(r, input.width, place)} + u];`)
      }
    }
    uses.forEach(({ path, row }, p) => {
      const matrix = (result.first + row * result.width) / 4
      for (const k of columns) {
        lines.push(`    let k${p}_${k} = matrix_at(${matrix}u + u * ${result.width}u + c${k}, ${width4}u);`)
      }
      for (const r of edges) {
        const weight = weights ? `w${p}_${r} * ` : ''
        if (weights) lines.push(`    let w${p}_${r} = radial[${at(r, weights, path.weights)} + u];`)
        for (const m of parts) {
          if (path.source[m] < 0) continue
          const term = `${literal(path.factor[m])} * ${weight}x${path.source[m]}_${r}`
          if (columns.length > 1) lines.push(`    let t${p}_${r}_${m} = ${term};`)
          const shown = columns.length > 1 ? `t${p}_${r}_${m}` : `(${term})`
          for (const k of columns) lines.push(`    y${m}_${r}_${k} += k${p}_${k} * ${shown};`)
        }
      }
    })
    lines.push('  }')
  }
  for (const r of edges) {
    for (const k of columns) {
      for (const m of parts) {
        const store = `results[${at(r, stride, result.offset + m * result.width)} + c${k}] = y${m}_${r}_${k};`
        lines.push(guarded(width4, tile, 'c', r, k, store))
      }
    }
  }
  return lines
}

/** Paths from one block of features to one irrep, and the blocks of results that take them up. */
interface Fan {
  readonly degree: number
  readonly paths: readonly ProductPath[]
  readonly into: readonly { readonly result: ResultMatrix; readonly rows: readonly number[] }[]
}

function fansOf({ results }: EdgeProduct, from: BlockRows): Fan[] {
  const fans = new Map<string, Fan>()
  for (const result of results) {
    const uses = result.uses.filter(({ path }) => path.from === from)
    if (uses.length === 0) continue
    const name = formatIrrep(result)
    const { into } = fans.get(name) ?? { into: [] }
    fans.set(name, {
      degree: result.degree,
      paths: uses.map(({ path }) => path),
      into: [...into, { result, rows: uses.map(({ row }) => row) }],
    })
  }
  return [...fans.values()]
}

const fanTile = (product: EdgeProduct, fans: readonly Fan[], { width }: BlockRows): Tile =>
  tileOf(product, Math.max(1, ...fans.map(({ paths, degree }) => paths.length * (2 * degree + 1))), width / 4)

/**
 * Gradient [edges, input.width] toward the features, and, where weights come from the distance, its pull on it and the
 * torque on the edge's frame.
 * @param pulls what the row of an edge's pulls has, and the first of it that belongs to this product's features; null where
 * weights are shared
 */
export function productAdjointSource(
  product: EdgeProduct,
  pulls: { readonly stride: number; readonly first: number } | null,
): BlockKernelSource {
  const { input, weights } = product
  const names = ['edge_count', 'gradient', 'matrix_at', 'results']
  if (weights) names.push('edges', 'features', 'pulls')
  let column = pulls?.first ?? 0
  const functions = input.blocks.map((from) => {
    const lines = featureFunction(product, from, pulls && { stride: pulls.stride, column })
    column += from.width / 4
    return lines
  })
  return blockKernel(
    { 'equiformer/product_adjoint': names, ...(weights ? { 'equiformer/radial': RADIAL } : {}) },
    functions,
    (block, edges) => {
      const from = input.blocks[block]
      return lanesOf(from.width / 4, fanTile(product, fansOf(product, from), from), edges)
    },
  )
}

function featureFunction(
  product: EdgeProduct,
  from: BlockRows,
  pulls: { readonly stride: number; readonly column: number } | null,
): string[] {
  const { input, width: stride, weights } = product
  const fans = fansOf(product, from)
  const width4 = from.width / 4
  const tile = fanTile(product, fans, from)
  const [components, edges, columns] = [from.parts, tile.edges, tile.columns].map(range)
  const lines = beginning(width4, tile, 'u')
  for (const r of edges) {
    if (weights) lines.push(`  let place${r} = place_of(edges[e${r}].distance);`)
    for (const k of columns) {
      if (weights) lines.push(`  var gd${r}_${k} = 0.0;`)
      for (const n of components) {
        const place = from.offset + n * from.width
        if (weights) lines.push(`  let x${n}_${r}_${k} = features[${at(r, input.width, place)} + u${k}];`)
        lines.push(`  var gx${n}_${r}_${k} = vec4f(0.0);`)
      }
    }
  }
  for (const { degree, paths, into } of fans) {
    const parts = range(2 * degree + 1)
    /** Visits every sum: of a path's component, for an edge and a column. */
    const eachSum = (line: (p: number, m: number, r: number, k: number) => string) => {
      paths.forEach(({ source }, p) => {
        for (const m of parts.filter((m) => source[m] >= 0))
          for (const r of edges) for (const k of columns) lines.push(line(p, m, r, k))
      })
    }
    lines.push('  {')
    eachSum((p, m, r, k) => `    var t${p}_${m}_${r}_${k} = vec4f(0.0);`)
    for (const { result, rows } of into) {
      lines.push(`    for (var c = 0u; c < ${result.width / 4}u; c++) {`)
      for (const r of edges) {
        for (const m of parts) {
          const place = result.offset + m * result.width
          lines.push(`      let g${m}_${r} = gradient[${at(r, stride, place)} + c];`)
        }
      }
      rows.forEach((row, p) => {
        for (const k of columns) {
          const first = `${(result.first + row) / 4}u + c * ${result.rows}u + u${k}`
          lines.push(`      let k${p}_${k} = matrix_at(${first}, ${result.rows / 4}u);`)
        }
      })
      eachSum((p, m, r, k) => `      t${p}_${m}_${r}_${k} += k${p}_${k} * g${m}_${r};`)
      lines.push('    }')
    }
    if (weights) {
      for (const r of edges) {
        for (const k of columns) {
          paths.forEach((path, p) => {
            const column = `${path.weights / 4}u + u${k}`
            lines.push(`    let w${p}_${r}_${k} = weights_at(place${r}, ${weights / 4}u, ${column});`)
          })
        }
      }
    }
    eachSum((p, m, r, k) => {
      const { source, factor } = paths[p]
      const toward = `${literal(factor[m])} * t${p}_${m}_${r}_${k}`
      if (!weights) return `    gx${source[m]}_${r}_${k} += ${toward};`
      const weight = `w${p}_${r}_${k}`
      return [
        `    gx${source[m]}_${r}_${k} += ${toward} * ${weight}.value;`,
        `    gd${r}_${k} += dot(${weight}.slope, ${toward} * x${source[m]}_${r}_${k});`,
      ].join('\n')
    })
    lines.push('  }')
  }
  for (const r of edges) {
    for (const k of columns) {
      const store = (text: string) => lines.push(guarded(width4, tile, 'u', r, k, text))
      for (const n of components) {
        const place = from.offset + n * from.width
        store(`results[${at(r, input.width, place)} + u${k}] = gx${n}_${r}_${k};`)
      }
      if (!pulls) continue
      const torque = (axis: number) =>
        torqueTerms(
          from.block.degree,
          axis,
          (n) => `gx${n}_${r}_${k}`,
          (n) => `x${n}_${r}_${k}`,
        )
      const pull = `vec4f(-(${torque(0)}), gd${r}_${k}, -(${torque(2)}), 0.0)`
      store(`pulls[e${r} * ${pulls.stride}u + ${pulls.column}u + u${k}] += ${pull};`)
    }
  }
  return lines
}
