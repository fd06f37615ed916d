/** Reads .dcd files; dcd.ts says what they are. */

import { checkCell } from '../../chemistry/cell.ts'
import { cellOf } from '../../chemistry/cell-parameters.ts'
import type { Cell } from '../../chemistry/structure.ts'
import { InputError } from '../../errors.ts'
import { ByteReader, viewOf } from './bytes.ts'
import { needsStructure, otherAtoms } from './checks.ts'
import { AKMA, HEADER, integers } from './dcd-layout.ts'
import type { ByteSource, TrajectoryFrame } from './types.ts'

/** Bytes of titles that are taken for titles; most files have two of 80. */
const LONGEST_TITLES = 1 << 16

interface Header {
  readonly littleEndian: boolean
  readonly atoms: number
  readonly firstStep: number
  readonly interval: number
  /** fs */
  readonly timestep: number
  readonly cell: boolean
  readonly fourthDimension: boolean
}

/** The records of one file. */
class Records {
  littleEndian = true

  constructor(
    private readonly reader: ByteReader,
    private readonly name: string,
  ) {}

  get offset(): number {
    return this.reader.offset
  }

  /**
   * The inside of the next record, or null at the end of the file, where there may be none.
   * @param accepts whether the record may have this length.
   * @param what it should be: words that follow "within" and "expected".
   */
  async next(what: string, accepts: (length: number) => boolean): Promise<DataView | null> {
    const at = this.offset
    const head = await this.reader.take(4)
    if (head.length === 0) return null
    if (head.length < 4) throw this.cutShort(what)
    const length = viewOf(head).getInt32(0, this.littleEndian)
    if (!accepts(length)) {
      throw new InputError(
        `${this.name}, byte ${at}: expected ${what}, found a record of ${length} bytes; the file is damaged, or no DCD file of this kind.`,
      )
    }
    const body = await this.reader.take(length + 4)
    if (body.length < length + 4) throw this.cutShort(what)
    const view = viewOf(body)
    const tail = view.getInt32(length, this.littleEndian)
    if (tail !== length) {
      throw new InputError(
        `${this.name}, byte ${this.offset - 4}: ${what} ends as a record of ${tail} bytes but began as one of ${length}; the file is damaged.`,
      )
    }
    return new DataView(view.buffer, view.byteOffset, length)
  }

  /** As `next`, where the file must not end. */
  async expect(what: string, accepts: (length: number) => boolean): Promise<DataView> {
    const view = await this.next(what, accepts)
    if (!view) throw this.cutShort(what)
    return view
  }

  private cutShort(what: string): InputError {
    return new InputError(
      `${this.name} ends at byte ${this.offset}, within ${what}; the file is cut short, what came before is whole.`,
    )
  }
}

/** Byte order, told from the length of the first record. */
const readStart = async (reader: ByteReader, name: string): Promise<boolean> => {
  const start = await reader.take(8)
  const magic = new TextDecoder('latin1').decode(start.subarray(4))
  const little = start.length === 8 && viewOf(start).getInt32(0, true) === HEADER
  const big = start.length === 8 && viewOf(start).getInt32(0, false) === HEADER
  if ((little || big) && magic === 'CORD') return little
  if ((little || big) && magic === 'VELD') {
    throw new InputError(`${name} holds velocities (VELD), no positions; open the DCD file of the positions.`)
  }
  throw new InputError(
    `${name} is not a DCD file: it does not begin with a record of ${HEADER} bytes that starts with CORD.`,
  )
}

const readHeader = async (reader: ByteReader, records: Records, name: string): Promise<Header> => {
  const littleEndian = await readStart(reader, name)
  records.littleEndian = littleEndian
  const rest = await reader.take(HEADER)
  if (rest.length < HEADER) {
    throw new InputError(`${name} ends at byte ${reader.offset}, within the header; the file is cut short.`)
  }
  const view = viewOf(rest)
  const integer = (place: number) => view.getInt32(4 * place, littleEndian)
  const charmm = integer(integers.version) !== 0
  const fixed = integer(integers.fixedAtoms)
  if (fixed !== 0) {
    throw new InputError(
      `${name} leaves ${fixed} fixed atoms out of its frames, which is not supported; save it with all atoms in each frame.`,
    )
  }
  const at = 4 * integers.timestep
  const timestep = charmm ? view.getFloat32(at, littleEndian) : view.getFloat64(at, littleEndian)
  await records.expect('the titles', (length) => length >= 4 && length <= LONGEST_TITLES)
  const count = await records.expect('the number of atoms', (length) => length === 4)
  return {
    littleEndian,
    atoms: count.getInt32(0, littleEndian),
    firstStep: integer(integers.firstStep),
    interval: integer(integers.interval) || 1,
    timestep: timestep * AKMA,
    cell: charmm && integer(integers.hasCell) !== 0,
    fourthDimension: charmm && integer(integers.hasFourthDimension) !== 0,
  }
}

/**
 * The six numbers of a cell: lengths A, B, C with angles in degrees, or with their cosines (X-PLOR, NAMD), which lie
 * within ±1; or, in files of CHARMM 22 and later, the lower triangle of the symmetric matrix of a, b, c, which is
 * recognised by elements that are no angles (as MDAnalysis does).
 */
const readCell = (view: DataView, littleEndian: boolean, where: string): Cell | null => {
  const [a, gamma, b, beta, alpha, c] = [0, 1, 2, 3, 4, 5].map((i) => view.getFloat64(8 * i, littleEndian))
  const angles = [alpha, beta, gamma]
  if (angles.every((x) => Math.abs(x) <= 1)) {
    const degrees = angles.map((x) => (x === 0 ? 90 : (Math.acos(x) * 180) / Math.PI))
    return cellOf({ lengths: [a, b, c], angles: degrees as [number, number, number] }, where)
  }
  if (angles.every((x) => x > 0 && x < 180))
    return cellOf({ lengths: [a, b, c], angles: [alpha, beta, gamma] }, where)
  const cell: Cell = [a, gamma, beta, gamma, b, alpha, beta, alpha, c]
  checkCell(cell, where)
  return cell
}

/**
 * Frames of a .dcd file of either byte order. The header's number of frames is not believed: the file's end ends them.
 * @throws InputError naming frame and byte.
 */
export async function* readDcd(
  source: ByteSource,
  name: string,
  atoms: number | null,
): AsyncGenerator<TrajectoryFrame, void, undefined> {
  if (atoms === null) throw needsStructure(name)
  const reader = new ByteReader(source)
  const records = new Records(reader, name)
  try {
    const header = await readHeader(reader, records, name)
    if (header.atoms !== atoms) throw otherAtoms(name, header.atoms, atoms)
    const { littleEndian, firstStep, interval, timestep } = header
    const row = (length: number) => length === 4 * atoms
    for (let index = 0; ; index++) {
      const frame = `frame ${index + 1}`
      const begin = records.offset
      const first = await records.next(
        header.cell ? `the cell of ${frame}` : `x of ${frame}`,
        header.cell ? (length) => length === 48 : row,
      )
      if (!first) return
      const where = `${name}, ${frame}, byte ${begin}`
      const cell = header.cell ? readCell(first, littleEndian, where) : null
      const positions = new Float64Array(3 * atoms)
      for (const [k, axis] of ['x', 'y', 'z'].entries()) {
        const view = k === 0 && !header.cell ? first : await records.expect(`${axis} of ${frame}`, row)
        for (let atom = 0; atom < atoms; atom++) {
          const x = view.getFloat32(4 * atom, littleEndian)
          if (!Number.isFinite(x)) {
            throw new InputError(
              `${where}: coordinate ${axis} of atom ${atom + 1} is ${x}; it must be finite.`,
            )
          }
          positions[3 * atom + k] = x
        }
      }
      if (header.fourthDimension) await records.expect(`w of ${frame}`, row)
      const step = firstStep + index * interval
      yield { step, time: step * timestep, positions, cell }
    }
  } finally {
    await reader.close()
  }
}
