/** Small systems for the reference's tests. */
import { type AtomSystem, buildEdges, type EdgeList } from '../../../src/reference/graph.ts'
import { random } from './adjoint.ts'

/** Molecules of `sizes` atoms each, scattered in a box of about 3 Å, on a jittered grid so that none collide. */
export function cluster(sizes: readonly number[]): AtomSystem {
  const batch = sizes.flatMap((size, molecule) => new Array<number>(size).fill(molecule))
  const jitter = random('cluster', 3 * batch.length)
  const positions = jitter.map((x, k) => {
    const atom = Math.floor(k / 3)
    const grid = [atom % 2, Math.floor(atom / 2) % 2, Math.floor(atom / 4)][k % 3]
    return 1.5 * grid + 0.4 * x
  })
  return { positions, batch, cells: [], periodic: [true, true, true] }
}

/** Edges of five atoms and a lone sixth one. */
export const smallEdges = (): EdgeList => buildEdges(cluster([5, 1]), 0, 2.6)
