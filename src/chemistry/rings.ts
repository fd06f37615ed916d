/** Rings: what is still connected when any one bond is cut. */

/**
 * Ring systems: atoms that share rings have the same number.
 * @param partners of an atom; may leave atoms out
 * @returns [atoms] counted from 1; 0 for atoms outside rings
 */
export function ringsIn(partners: (atom: number) => readonly number[], atoms: number): Uint32Array {
  // Tarjan's bridges: a bond is in a ring unless nothing beyond it leads back.
  const order = new Uint32Array(atoms)
  const low = new Uint32Array(atoms)
  const rings = new Uint32Array(atoms)
  let count = 0
  let systems = 0
  for (let first = 0; first < atoms; first++) {
    if (order[first] !== 0) continue
    const path: { readonly atom: number; readonly from: number; next: number }[] = []
    const open = (atom: number, from: number) => {
      order[atom] = low[atom] = ++count
      path.push({ atom, from, next: 0 })
    }
    /** Atoms not yet assigned, in the order in which they were met. */
    const held: number[] = []
    open(first, -1)
    held.push(first)
    while (path.length > 0) {
      const step = path[path.length - 1]
      const { atom, from } = step
      const around = partners(atom)
      if (step.next < around.length) {
        const other = around[step.next++]
        if (other === from) continue
        if (order[other] === 0) {
          open(other, atom)
          held.push(other)
        } else low[atom] = Math.min(low[atom], order[other])
        continue
      }
      path.pop()
      if (from >= 0) low[from] = Math.min(low[from], low[atom])
      if (low[atom] !== order[atom]) continue
      // What was met since, and is not yet assigned, holds together without the bond that led here.
      const system = held.splice(held.lastIndexOf(atom))
      if (system.length < 3) continue
      systems++
      for (const member of system) rings[member] = systems
    }
  }
  return rings
}
