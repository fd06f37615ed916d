/** Philox 4×32-10 in TypeScript (Salmon, Moraes, Dror, Shaw, SC11, doi:10.1145/2063384.2063405). */

type Words = readonly [number, number, number, number]

/** High and low words of a product. */
function multiplyWide(a: number, b: number): [number, number] {
  const product = BigInt(a) * BigInt(b)
  return [Number(product >> 32n), Number(product & 0xffffffffn)]
}

export function philox(counter: Words, seed: number): Words {
  let [x, y, z, w] = counter
  let [k, l] = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0]
  for (let round = 0; round < 10; round++) {
    const [highX, lowX] = multiplyWide(0xd2511f53, x)
    const [highZ, lowZ] = multiplyWide(0xcd9e8d57, z)
    ;[x, y, z, w] = [(highZ ^ y ^ k) >>> 0, lowZ, (highX ^ w ^ l) >>> 0, lowX]
    ;[k, l] = [(k + 0x9e3779b9) >>> 0, (l + 0xbb67ae85) >>> 0]
  }
  return [x, y, z, w]
}

/** Uniform in (0, 1), as `uniform_open` of shaders/common/random.wgsl. */
export const uniformOpen = (bits: number): number => ((bits >>> 9) + 0.5) / 2 ** 23
