/** Selections of atoms that are known by number. */

/** Numbers of the chosen atoms, counted from 0, ascending. */
export const indicesOf = (mask: Uint8Array): Uint32Array => {
  const chosen: number[] = []
  mask.forEach((bit, atom) => {
    if (bit) chosen.push(atom)
  })
  return Uint32Array.from(chosen)
}

/** [atoms] 1 for each of the numbers. */
export const maskOf = (indices: Iterable<number>, atoms: number): Uint8Array => {
  const mask = new Uint8Array(atoms)
  for (const index of indices) mask[index] = 1
  return mask
}

/** A short selection of exactly these atoms: `index 0-3 7`; `none` and `all` where that is what they are. */
export const compactSelection = (mask: Uint8Array): string => {
  const ranges: string[] = []
  for (let from = mask.indexOf(1); from >= 0; ) {
    const end = mask.indexOf(0, from)
    const last = (end < 0 ? mask.length : end) - 1
    ranges.push(last === from ? `${from}` : last === from + 1 ? `${from} ${last}` : `${from}-${last}`)
    from = mask.indexOf(1, last + 1)
  }
  if (ranges.length === 0) return 'none'
  return mask.includes(0) ? `index ${ranges.join(' ')}` : 'all'
}
