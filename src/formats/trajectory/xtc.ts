/**
 * .xtc files of GROMACS: big-endian (XDR), lengths in nm, times in ps.
 *
 *   a frame   magic (1995, or 2023 where the length of the bits has 8 bytes), atoms, step; time; box rows a, b, c;
 *             atoms again; and then
 *   ≤ 9 atoms coordinates as float32
 *   more      precision; least and greatest coordinates, index, length of the bits in bytes (xtc-coordinates.ts says
 *             what these are); the bits, filled up to a multiple of 4 bytes
 */

import { checkCell } from '../../chemistry/cell.ts'
import { atomCount, type Cell, type Structure } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
import { ByteReader, concatenate, viewOf } from './bytes.ts'
import { checkFrame, needsStructure, otherAtoms } from './checks.ts'
import { orient } from './orientation.ts'
import type {
  ByteSource,
  TrajectoryFormat,
  TrajectoryFrame,
  TrajectoryWriter,
  WriterOptions,
} from './types.ts'
import type { Triple } from './xtc-bits.ts'
import { pack, unpack } from './xtc-coordinates.ts'

const MAGIC = 1995
/** Of GROMACS 2023 and later, for frames whose bits take 2³¹ bytes or more. */
const LARGE_MAGIC = 2023
/** Å per nm */
const NANOMETRE = 10
/** fs per ps */
const PICOSECOND = 1000
/** Frames of so many atoms are not compressed. */
const FEW = 9
/** Magic, atoms, step, time, box, atoms. */
const HEAD = 56
/** Whole numbers that readers in single precision keep apart from overflow. */
const GREATEST = 2 ** 31 - 3

/** Writes in the orientation GROMACS asks for; a frame without cell has a box of zeros. */
const createWriter = (structure: Structure, { precision = 1000 }: WriterOptions = {}): TrajectoryWriter => {
  const atoms = atomCount(structure)
  if (!(precision > 0 && Number.isFinite(Math.fround(precision)))) {
    throw new InputError(
      `The precision of an .xtc file is ${precision}; it must be a positive number per nm.`,
    )
  }
  const compressed = (positions: Float64Array, step: number): Uint8Array => {
    const x = positions.map((r) => Math.round((r / NANOMETRE) * precision))
    const packed = pack(x)
    const { least, greatest, index, bits } = packed
    if (least.some((low, k) => low < -GREATEST || greatest[k] > GREATEST || greatest[k] - low >= GREATEST)) {
      throw new InputError(
        `Step ${step}: atoms lie too far apart for an .xtc file of precision ${precision} per nm; write .dcd or .xyz.`,
      )
    }
    const bytes = new Uint8Array(36 + 4 * Math.ceil(bits.length / 4))
    const view = viewOf(bytes)
    view.setFloat32(0, precision)
    for (const [i, n] of [...least, ...greatest, index, bits.length].entries()) view.setInt32(4 + 4 * i, n)
    bytes.set(bits, 36)
    return bytes
  }
  return {
    begin: () => new Uint8Array(0),
    frame: (frame) => {
      checkFrame(frame, atoms)
      const { positions, cell } = orient(frame.positions, frame.cell)
      const few = atoms <= FEW
      const head = new Uint8Array(HEAD + (few ? 12 * atoms : 0))
      const view = viewOf(head)
      for (const [i, n] of [MAGIC, atoms, frame.step].entries()) view.setInt32(4 * i, n)
      view.setFloat32(12, (frame.time ?? 0) / PICOSECOND)
      for (let i = 0; i < 9; i++) view.setFloat32(16 + 4 * i, (cell?.[i] ?? 0) / NANOMETRE)
      view.setInt32(52, atoms)
      if (!few) return concatenate([head, compressed(positions, frame.step)])
      for (let i = 0; i < 3 * atoms; i++) view.setFloat32(HEAD + 4 * i, positions[i] / NANOMETRE)
      return head
    },
    end: () => ({ bytes: new Uint8Array(0), patches: [] }),
  }
}

/** The shortest decimal that rounds to a single-precision number: 0.1 nm is 1 Å again, not 1.0000000149. */
const decimal = (single: number): number => {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits))
    if (Math.fround(short) === single) return short
  }
  return single
}

const readBox = (view: DataView, where: string): Cell | null => {
  const cell = Array.from({ length: 9 }, (_, i) => decimal(view.getFloat32(16 + 4 * i)) * NANOMETRE)
  if (cell.every((x) => x === 0)) return null
  checkCell(cell as unknown as Cell, where)
  return cell as unknown as Cell
}

/** One file's frames as bytes. */
class Frames {
  private readonly reader: ByteReader
  index = 0

  constructor(
    source: ByteSource,
    private readonly name: string,
    private readonly atoms: number,
  ) {
    this.reader = new ByteReader(source)
  }

  close(): Promise<void> {
    return this.reader.close()
  }

  /** The next frame, or null at the end of the file. */
  async next(): Promise<TrajectoryFrame | null> {
    const { name, atoms, reader } = this
    const where = `${name}, frame ${this.index + 1}, byte ${reader.offset}`
    // A file that is none is told from its first bytes, however short it is.
    const start = await reader.take(8)
    if (start.length === 0) {
      if (this.index === 0)
        throw new InputError(`${name} is empty; an .xtc file begins with the number ${MAGIC}.`)
      return null
    }
    const magic = start.length >= 4 ? viewOf(start).getInt32(0) : MAGIC
    if (magic !== MAGIC && magic !== LARGE_MAGIC) {
      throw new InputError(
        this.index === 0
          ? `${name} is not an .xtc file: it begins with ${magic}, not with ${MAGIC} or ${LARGE_MAGIC}.`
          : `${where}: expected ${MAGIC} or ${LARGE_MAGIC}, found ${magic}; the file is damaged.`,
      )
    }
    if (start.length < 8) throw this.cutShort()
    const found = viewOf(start).getInt32(4)
    if (found !== atoms) throw otherAtoms(`${name}, frame ${this.index + 1},`, found, atoms)
    const head = viewOf(concatenate([start, await this.exactly(HEAD - 8)]))
    if (head.getInt32(52) !== atoms) {
      throw new InputError(
        `${where}: the frame is of ${atoms} atoms but has coordinates of ${head.getInt32(52)}; the file is damaged.`,
      )
    }
    const positions = atoms <= FEW ? await this.plain() : await this.packed(magic === LARGE_MAGIC, where)
    const bad = positions.findIndex((x) => !Number.isFinite(x))
    if (bad >= 0) {
      throw new InputError(
        `${where}: coordinate ${'xyz'[bad % 3]} of atom ${Math.floor(bad / 3) + 1} is ${positions[bad]}; it must be finite.`,
      )
    }
    this.index++
    return {
      step: head.getInt32(8),
      time: decimal(head.getFloat32(12)) * PICOSECOND,
      positions,
      cell: readBox(head, where),
    }
  }

  private async plain(): Promise<Float64Array> {
    const view = viewOf(await this.exactly(12 * this.atoms))
    return Float64Array.from({ length: 3 * this.atoms }, (_, i) => view.getFloat32(4 * i) * NANOMETRE)
  }

  private async packed(large: boolean, where: string): Promise<Float64Array> {
    const view = viewOf(await this.exactly(large ? 40 : 36))
    const precision = view.getFloat32(0)
    const integer = (i: number) => view.getInt32(4 + 4 * i)
    const length = large ? Number(view.getBigInt64(32)) : integer(7)
    // No atom takes more than an anchor of three times 32 bits, and 6 bits.
    const believable = length > 0 && length <= 13 * this.atoms && precision > 0 && Number.isFinite(precision)
    const bits = believable ? (await this.exactly(4 * Math.ceil(length / 4))).subarray(0, length) : null
    const least: Triple = [integer(0), integer(1), integer(2)]
    const greatest: Triple = [integer(3), integer(4), integer(5)]
    const x = bits && unpack({ least, greatest, index: integer(6), bits }, this.atoms)
    if (!x) {
      throw new InputError(
        `${where}: its compressed coordinates are not those of ${this.atoms} atoms; the file is damaged.`,
      )
    }
    for (let i = 0; i < x.length; i++) x[i] = (x[i] / precision) * NANOMETRE
    return x
  }

  private async exactly(length: number): Promise<Uint8Array> {
    const bytes = await this.reader.take(length)
    if (bytes.length < length) throw this.cutShort()
    return bytes
  }

  private cutShort(): InputError {
    return new InputError(
      `${this.name} ends at byte ${this.reader.offset}, within frame ${this.index + 1}; the file is cut short, the frames before are whole.`,
    )
  }
}

async function* read(
  source: ByteSource,
  name: string,
  atoms: number | null,
): AsyncGenerator<TrajectoryFrame, void, undefined> {
  if (atoms === null) throw needsStructure(name)
  const frames = new Frames(source, name, atoms)
  try {
    for (let frame = await frames.next(); frame; frame = await frames.next()) yield frame
  } finally {
    await frames.close()
  }
}

/** Compressed to a third of .dcd; rounded to 0.01 Å. */
export const xtc: TrajectoryFormat = {
  id: 'xtc',
  title: 'GROMACS XTC',
  endings: ['.xtc'],
  elements: false,
  createWriter,
  read,
}
