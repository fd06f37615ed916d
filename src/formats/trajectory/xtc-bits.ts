/**
 * Bits of .xtc coordinates: whole numbers of any width, most significant bit first, and triples packed as one number.
 *
 * A triple (x, y, z) below sizes (X, Y, Z) is the number v = (x Y + y) Z + z in as many bits as the product X Y Z has.
 * The bits of v come in groups of eight, least significant group first; the last group has what remains, 1 to 8 bits.
 * v may need 72 bits; it is kept as three limbs of 24, whose products with a size below 2²⁴ a double holds exactly.
 */

export type Triple = [number, number, number]

const LIMB = 2 ** 24

/** Number of bits of a whole number below 2³²; 0 has none. */
export const bitLength = (n: number): number => 32 - Math.clz32(n)

/** limbs ← limbs · factor + summand; factor up to 2²⁴. */
const multiplyAdd = (limbs: Triple, factor: number, summand: number): void => {
  let carry = summand
  for (let i = 0; i < 3; i++) {
    const sum = limbs[i] * factor + carry
    limbs[i] = sum % LIMB
    carry = Math.floor(sum / LIMB)
  }
}

/** limbs ← ⌊limbs / divisor⌋; gives the remainder. */
const divide = (limbs: Triple, divisor: number): number => {
  let remainder = 0
  for (let i = 2; i >= 0; i--) {
    const dividend = remainder * LIMB + limbs[i]
    limbs[i] = Math.floor(dividend / divisor)
    remainder = dividend % divisor
  }
  return remainder
}

/** Bits of a triple packed below these sizes, each below 2²⁴. */
export const bitsOfTriple = (sizes: Triple): number => {
  const product: Triple = [1, 0, 0]
  for (const size of sizes) multiplyAdd(product, size, 0)
  const top = product.findLastIndex((limb) => limb > 0)
  return 24 * top + bitLength(product[top])
}

export class BitReader {
  private at = 0
  /** Bits of the byte at `at` that are spent. */
  private used = 0
  private readonly limbs: Triple = [0, 0, 0]

  constructor(private readonly bytes: Uint8Array) {}

  /** Whether more bits were read than there are; those beyond the end read as 0. */
  get exhausted(): boolean {
    return this.at > this.bytes.length || (this.at === this.bytes.length && this.used > 0)
  }

  /** A number of up to 32 bits. */
  number(bits: number): number {
    let value = 0
    for (let missing = bits; missing > 0; ) {
      const taken = Math.min(missing, 8 - this.used)
      const byte = this.bytes[this.at] ?? 0
      value = value * (1 << taken) + ((byte >> (8 - this.used - taken)) & ((1 << taken) - 1))
      missing -= taken
      this.used += taken
      if (this.used === 8) {
        this.used = 0
        this.at++
      }
    }
    return value
  }

  /** A packed triple of up to 72 bits, into `out`. */
  triple(bits: number, sizes: Triple, out: Triple): void {
    const { limbs } = this
    limbs.fill(0)
    for (let i = 0, read = 0; read < bits; i++, read += 8) {
      limbs[Math.floor(i / 3)] += this.number(Math.min(8, bits - read)) * (1 << (8 * (i % 3)))
    }
    out[2] = divide(limbs, sizes[2])
    out[1] = divide(limbs, sizes[1])
    out[0] = limbs[0] + limbs[1] * LIMB
  }
}

export class BitWriter {
  private bytes: Uint8Array
  private at = 0
  private used = 0
  private readonly limbs: Triple = [0, 0, 0]

  /** @param capacity bytes to begin with; more are taken when needed. */
  constructor(capacity: number) {
    this.bytes = new Uint8Array(Math.max(16, capacity))
  }

  /** A number of up to 32 bits. */
  number(bits: number, value: number): void {
    if (this.at + 5 > this.bytes.length) {
      const larger = new Uint8Array(2 * this.bytes.length)
      larger.set(this.bytes)
      this.bytes = larger
    }
    for (let missing = bits; missing > 0; ) {
      const taken = Math.min(missing, 8 - this.used)
      missing -= taken
      const part = Math.floor(value / 2 ** missing) % (1 << taken)
      this.bytes[this.at] |= part << (8 - this.used - taken)
      this.used += taken
      if (this.used === 8) {
        this.used = 0
        this.at++
      }
    }
  }

  /** A triple below its sizes, packed in `bits` bits. */
  triple(bits: number, sizes: Triple, x: number, y: number, z: number): void {
    const { limbs } = this
    limbs.fill(0)
    limbs[0] = x
    multiplyAdd(limbs, sizes[1], y)
    multiplyAdd(limbs, sizes[2], z)
    for (let i = 0, written = 0; written < bits; i++, written += 8) {
      const byte = (limbs[Math.floor(i / 3)] >> (8 * (i % 3))) & 0xff
      this.number(Math.min(8, bits - written), byte)
    }
  }

  /** All that was written, the last byte filled up with zeros. */
  finish(): Uint8Array {
    return this.bytes.subarray(0, this.at + (this.used > 0 ? 1 : 0))
  }
}
