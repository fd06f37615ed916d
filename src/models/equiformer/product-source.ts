/**
 * Writes the kernels of an {@link EdgeProduct}: the sparse Clebsch–Gordan contraction unrolled path by path and component by
 * component, with its coefficients as literals, in front of the matrix product that takes it up. In an edge's frame it is
 * one multiplication per component. What is not particular to the irreps at hand stands in shaders/equiformer.
 */
import type { EdgeProduct, ProductPath, ResultMatrix } from './edge-product.ts'
import { type BlockKernelSource, literal, moduleOf, RADIAL, range, torqueTerms } from './kernel-text.ts'

/** vec4s a lane may keep in registers. */
const REGISTERS = 32
const MOST_EDGES = 8

/** Edges a lane takes: many where a component is all there is, few where there are many. */
const edgesAtOnce = (perEdge: number): number =>
  Math.max(1, Math.min(MOST_EDGES, Math.floor(REGISTERS / perEdge)))

/** The first lines of a block's function: which channels and edges a lane has. */
const beginning = (width4: number, edges: number, column: string): string[] => [
  `  let ${column} = lane % ${width4}u;`,
  `  let first = lane / ${width4}u * ${edges}u;`,
  '  let count = edge_count();',
  '  if first >= count { return; }',
  // Edges past the end repeat the last one; what becomes of them is dropped.
  ...range(edges).map((r) => `  let e${r} = min(first + ${r}u, count - 1u);`),
]

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
  return {
    blocks: results.length,
    lanes: (edges) =>
      Math.max(
        ...results.map(
          ({ width, degree }) => (Math.ceil(edges / edgesAtOnce(2 * (2 * degree + 1))) * width) / 4,
        ),
      ),
    source: moduleOf(
      { 'equiformer/product': names },
      results.map((result) => resultFunction(product, result)),
    ),
  }
}

function resultFunction({ input, width: stride, weights }: EdgeProduct, result: ResultMatrix): string[] {
  const parts = 2 * result.degree + 1
  const edges = edgesAtOnce(2 * parts)
  const width4 = result.width / 4
  const zero = result.bias === null ? 'vec4f(0.0)' : `matrices[${result.bias / 4}u + c]`
  const lines = [
    ...beginning(width4, edges, 'c'),
    ...range(edges).flatMap((r) => range(parts).map((m) => `  var y${m}_${r} = ${zero};`)),
  ]
  for (const uses of byFeatures(result)) {
    const { from } = uses[0].path
    const needed = [...new Set(uses.flatMap(({ path }) => [...path.source].filter((n) => n >= 0)))].sort()
    lines.push(`  for (var u = 0u; u < ${from.width / 4}u; u++) {`)
    for (const r of range(edges)) {
      for (const n of needed) {
        const place = from.offset + n * from.width
        lines.push(`    let x${n}_${r} = features[${at(r, input.width, place)} + u];`)
      }
    }
    uses.forEach(({ path, row }, p) => {
      lines.push(
        `    let k${p} = matrix_at(${(result.first + row * result.width) / 4}u + u * ${result.width}u + c, ${width4}u);`,
      )
      for (const r of range(edges)) {
        const weight = weights ? `w${p}_${r} * ` : ''
        if (weights) {
          lines.push(`    let w${p}_${r} = radial[${at(r, weights, path.weights)} + u];`)
        }
        for (const m of range(parts)) {
          if (path.source[m] < 0) continue
          const term = `${literal(path.factor[m])} * ${weight}x${path.source[m]}_${r}`
          lines.push(`    y${m}_${r} += k${p} * (${term});`)
        }
      }
    })
    lines.push('  }')
  }
  for (const r of range(edges)) {
    for (const m of range(parts)) {
      const store = `results[${at(r, stride, result.offset + m * result.width)} + c] = y${m}_${r};`
      lines.push(r === 0 ? `  ${store}` : `  if first + ${r}u < count { ${store} }`)
    }
  }
  return lines
}

/** A block of features, and where its paths lead. */
interface Fan {
  readonly block: number
  readonly paths: readonly {
    readonly path: ProductPath
    readonly into: readonly { readonly result: ResultMatrix; readonly row: number }[]
  }[]
}

function fanOf(product: EdgeProduct, block: number): Fan {
  const from = product.input.blocks[block]
  const paths = new Map<ProductPath, { result: ResultMatrix; row: number }[]>()
  for (const result of product.results) {
    for (const { path, row } of result.uses) {
      if (path.from !== from) continue
      paths.set(path, [...(paths.get(path) ?? []), { result, row }])
    }
  }
  return { block, paths: [...paths].map(([path, into]) => ({ path, into })) }
}

const fanEdges = (product: EdgeProduct, { block, paths }: Fan): number => {
  const { parts } = product.input.blocks[block]
  const most = Math.max(1, ...paths.map(({ path }) => 2 * path.degree + 1))
  return edgesAtOnce((product.weights ? 2 : 1) * parts + most)
}

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
  const fans = input.blocks.map((_, b) => fanOf(product, b))
  const names = ['edge_count', 'gradient', 'matrix_at', 'results']
  if (weights) names.push('edges', 'features', 'pulls')
  let column = pulls?.first ?? 0
  const functions = fans.map((fan) => {
    const lines = featureFunction(product, fan, pulls && { stride: pulls.stride, column })
    column += input.blocks[fan.block].width / 4
    return lines
  })
  return {
    blocks: fans.length,
    lanes: (edges) =>
      Math.max(
        ...fans.map((fan) => (Math.ceil(edges / fanEdges(product, fan)) * input.blocks[fan.block].width) / 4),
      ),
    source: moduleOf(
      { 'equiformer/product_adjoint': names, ...(weights ? { 'equiformer/radial': RADIAL } : {}) },
      functions,
    ),
  }
}

function featureFunction(
  product: EdgeProduct,
  fan: Fan,
  pulls: { readonly stride: number; readonly column: number } | null,
): string[] {
  const { input, width: stride, weights } = product
  const from = input.blocks[fan.block]
  const edges = fanEdges(product, fan)
  const components = range(from.parts)
  const lines = beginning(from.width / 4, edges, 'u')
  for (const r of range(edges)) {
    if (weights) lines.push(`  let place${r} = place_of(edges[e${r}].distance);`, `  var gd${r} = 0.0;`)
    for (const n of components) {
      const place = from.offset + n * from.width
      if (weights) lines.push(`  let x${n}_${r} = features[${at(r, input.width, place)} + u];`)
      lines.push(`  var gx${n}_${r} = vec4f(0.0);`)
    }
  }
  for (const { path, into } of fan.paths) {
    const parts = range(2 * path.degree + 1).filter((m) => path.source[m] >= 0)
    lines.push('  {')
    for (const r of range(edges)) for (const m of parts) lines.push(`    var t${m}_${r} = vec4f(0.0);`)
    for (const { result, row } of into) {
      const rows4 = result.rows / 4
      lines.push(
        `    for (var c = 0u; c < ${result.width / 4}u; c++) {`,
        `      let k = matrix_at(${(result.first + row) / 4}u + c * ${result.rows}u + u, ${rows4}u);`,
      )
      for (const r of range(edges)) {
        for (const m of parts) {
          const place = result.offset + m * result.width
          lines.push(`      t${m}_${r} += k * gradient[${at(r, stride, place)} + c];`)
        }
      }
      lines.push('    }')
    }
    for (const r of range(edges)) {
      const column = `${path.weights / 4}u + u`
      if (weights) lines.push(`    let w${r} = weights_at(place${r}, ${weights / 4}u, ${column});`)
      for (const m of parts) {
        const weight = weights ? ` * w${r}.value` : ''
        lines.push(`    gx${path.source[m]}_${r} += ${literal(path.factor[m])} * t${m}_${r}${weight};`)
      }
      if (!weights) continue
      const along = parts.map((m) => `${literal(path.factor[m])} * x${path.source[m]}_${r} * t${m}_${r}`)
      lines.push(`    gd${r} += dot(w${r}.slope, ${along.join(' + ')});`)
    }
    lines.push('  }')
  }
  for (const r of range(edges)) {
    const guarded = (text: string) => (r === 0 ? `  ${text}` : `  if first + ${r}u < count { ${text} }`)
    for (const n of components) {
      const place = from.offset + n * from.width
      lines.push(guarded(`results[${at(r, input.width, place)} + u] = gx${n}_${r};`))
    }
    if (!pulls) continue
    const torque = (axis: number) =>
      torqueTerms(
        from.block.degree,
        axis,
        (n) => `gx${n}_${r}`,
        (n) => `x${n}_${r}`,
      )
    const pull = `vec4f(-(${torque(0)}), gd${r}, -(${torque(2)}), 0.0)`
    lines.push(guarded(`pulls[e${r} * ${pulls.stride}u + ${pulls.column}u + u] += ${pull};`))
  }
  return lines
}
