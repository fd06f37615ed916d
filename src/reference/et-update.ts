/**
 * Node-wise end of an attention layer: scalars and vectors exchange information and take up the messages.
 * SPEC section 7.2 (last lines) and 9; arXiv:2202.02541 eq. (9) to (11).
 *
 * | SPEC                                | here                                        |
 * |-------------------------------------|---------------------------------------------|
 * | P1, P2, P3 [N, 3, F]                | thirds of `projected` [N × 3 × 3F]          |
 * | o1, o2, o3 [N, F]                   | thirds of `mixed` [N × 3F] = W_o X + b_o    |
 * | dot = Σ_xyz P1 P2                   | `dot`                                       |
 * | dx = dot ⊙ o2 + o3                  | `updates().scalars` [N × F]                 |
 * | dV = P3 ⊙ o1 + Y                    | `updates().vectors` [N × 3 × F]             |
 */

/** What the layer adds to x and V. */
export function updates(
  channels: number,
  projected: Float64Array,
  mixed: Float64Array,
  messages: Float64Array,
): { scalars: Float64Array; vectors: Float64Array } {
  const atoms = mixed.length / (3 * channels)
  const dx = new Float64Array(atoms * channels)
  const dV = Float64Array.from(messages)
  for (let i = 0; i < atoms; i++) {
    for (let f = 0; f < channels; f++) {
      const [o1, o2, o3] = thirds(mixed, 3 * i * channels + f, channels)
      let dot = 0
      for (let c = 0; c < 3; c++) {
        const [p1, p2, p3] = thirds(projected, 3 * (3 * i + c) * channels + f, channels)
        dot += p1 * p2
        dV[(3 * i + c) * channels + f] += p3 * o1
      }
      dx[i * channels + f] = dot * o2 + o3
    }
  }
  return { scalars: dx, vectors: dV }
}

/**
 * Gradients with respect to `projected` and `mixed` from those of the new x [N × F] and V [N × 3F].
 * Toward `messages`, and toward the old x and V, the gradient passes unchanged.
 */
export function updatesAdjoint(
  channels: number,
  projected: Float64Array,
  mixed: Float64Array,
  gx: Float64Array,
  gV: Float64Array,
): { projected: Float64Array; mixed: Float64Array } {
  const atoms = mixed.length / (3 * channels)
  const gP = new Float64Array(projected.length)
  const gO = new Float64Array(mixed.length)
  for (let i = 0; i < atoms; i++) {
    for (let f = 0; f < channels; f++) {
      const o = 3 * i * channels + f
      const [o1, o2] = thirds(mixed, o, channels)
      const g = gx[i * channels + f]
      let dot = 0
      for (let c = 0; c < 3; c++) {
        const p = 3 * (3 * i + c) * channels + f
        const [p1, p2, p3] = thirds(projected, p, channels)
        const gVector = gV[(3 * i + c) * channels + f]
        dot += p1 * p2
        gO[o] += gVector * p3
        gP[p] = g * o2 * p2
        gP[p + channels] = g * o2 * p1
        gP[p + 2 * channels] = gVector * o1
      }
      gO[o + channels] = g * dot
      gO[o + 2 * channels] = g
    }
  }
  return { projected: gP, mixed: gO }
}

/** Three values one block of channels apart. */
const thirds = (a: Float64Array, at: number, channels: number): [number, number, number] => [
  a[at],
  a[at + channels],
  a[at + 2 * channels],
]
