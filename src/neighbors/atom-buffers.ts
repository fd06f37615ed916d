import { completeCell, inverse, toFractional } from '../chemistry/cell.ts'
import { centerOfGeometry } from '../chemistry/center.ts'
import { atomCount, type Cell, type Periodicity, type Structure } from '../chemistry/structure.ts'
import { InputError } from '../errors.ts'
import type { Gpu } from '../gpu/gpu.ts'

/** Floats of one Cell in shaders/neighbors/edge.wgsl. */
const CELL_FLOATS = 24
/** An image number along an axis has ten bits, within ±511 cells; the rest is for atoms that drift during a run. */
const FURTHEST_IMAGE = 400

/**
 * Atoms on the GPU: one system, or several independent molecules evaluated together. Buffers hold one vec4f per atom.
 */
export class AtomBuffers {
  readonly atoms: number
  readonly molecules: number
  /** {@link System} of shaders/common/system.wgsl */
  readonly system: GPUBuffer
  /** xyz in Å relative to the molecule's origin */
  readonly positions: GPUBuffer
  /** u32 type of each atom as the force field numbers them */
  readonly types: GPUBuffer
  /** u32 molecule of each atom */
  readonly moleculeOf: GPUBuffer
  /** u32 first atom of each molecule, [molecules + 1] */
  readonly starts: GPUBuffer
  /** xyz force in eV/Å, w share of the energy in eV */
  readonly outputs: GPUBuffer
  /** [molecules] of Cell in shaders/neighbors/edge.wgsl; a barostat changes it during a run */
  readonly cells: GPUBuffer
  /** three vec4f rows per atom whose sum of xyz is dE/dstrain in eV; w is for those who make the forces */
  readonly virial: GPUBuffer
  /** Å, one per molecule: subtracted from positions so that float32 keeps its digits near the molecule */
  readonly origins: readonly (readonly [number, number, number])[]

  constructor(
    readonly gpu: Gpu,
    readonly structures: readonly Structure[],
    /** [atoms] type of each atom as the force field numbers them */
    readonly typeIndices: Uint32Array,
  ) {
    // While there is nothing yet to destroy.
    structures.forEach(checkSpread)
    this.atoms = structures.reduce((sum, structure) => sum + atomCount(structure), 0)
    this.molecules = structures.length
    if (this.atoms === 0) throw new InputError('There are no atoms to simulate.')
    this.origins = structures.map(centreOf)
    this.system = gpu.bufferFrom(
      'system',
      Uint32Array.of(this.atoms, this.molecules, 0, 0),
      GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    )
    this.positions = gpu.buffer('positions', this.atoms * 16)
    this.types = gpu.bufferFrom('types', typeIndices)
    this.moleculeOf = gpu.bufferFrom(
      'molecule of atom',
      Uint32Array.from(structures.flatMap((structure, m) => Array(atomCount(structure)).fill(m))),
    )
    const starts = Uint32Array.of(0, ...structures.map(atomCount))
    for (let m = 1; m < starts.length; m++) starts[m] += starts[m - 1]
    this.starts = gpu.bufferFrom('molecule starts', starts)
    this.outputs = gpu.buffer('forces', this.atoms * 16)
    this.virial = gpu.buffer('virial', this.atoms * 48)
    this.cells = gpu.bufferFrom('cells', packCells(structures))
    this.uploadPositions(structures)
  }

  /** Replaces all cells. */
  uploadCells(structures: readonly Structure[]): void {
    this.gpu.upload(this.cells, packCells(structures))
  }

  /**
   * Replaces all positions; the structures must have the atoms this was made for.
   * @throws InputError for atoms further apart than image numbers can count
   */
  uploadPositions(structures: readonly Structure[]): void {
    structures.forEach(checkSpread)
    const data = new Float32Array(this.atoms * 4)
    let atom = 0
    structures.forEach(({ positions }, m) => {
      const origin = this.origins[m]
      for (let i = 0; i < positions.length; i += 3, atom++) {
        for (let k = 0; k < 3; k++) data[atom * 4 + k] = positions[i + k] - origin[k]
      }
    })
    this.gpu.upload(this.positions, data)
  }

  destroy(): void {
    for (const buffer of [
      this.system,
      this.positions,
      this.types,
      this.moleculeOf,
      this.starts,
      this.outputs,
      this.virial,
      this.cells,
    ])
      buffer.destroy()
  }
}

/** The middle of the atoms, rounded to a multiple of 2⁻⁸ Å so that subtracting it costs no digits. */
function centreOf(structure: Structure): [number, number, number] {
  const [x, y, z] = centerOfGeometry(structure).map((r) => Math.round(r * 256) / 256)
  return [x, y, z]
}

/**
 * Rows of the axes that repeat, and the inverse that gives coordinates along them. An open axis does not count: a unit
 * vector normal to the periodic ones keeps their plane distances.
 */
function lattice(cell: Cell, periodic: Periodicity): { rows: Cell; reciprocal: Cell } {
  const rows = cell.map((x, i) => (periodic[Math.floor(i / 3)] ? x : 0)) as unknown as Cell
  return { rows, reciprocal: inverse(completeCell(rows, periodic)) }
}

/** @throws InputError for atoms further apart than image numbers can count */
function checkSpread({ name, cell, periodic, positions }: Structure): void {
  if (!cell || !periodic.some(Boolean)) return
  const { reciprocal } = lattice(cell, periodic)
  const low = [Infinity, Infinity, Infinity]
  const high = [-Infinity, -Infinity, -Infinity]
  for (let i = 0; i < positions.length; i += 3) {
    toFractional(reciprocal, positions[i], positions[i + 1], positions[i + 2]).forEach((s, k) => {
      low[k] = Math.min(low[k], s)
      high[k] = Math.max(high[k], s)
    })
  }
  if (periodic.some((repeats, k) => repeats && high[k] - low[k] > FURTHEST_IMAGE))
    throw new InputError(
      `${name}: atoms are more than ${FURTHEST_IMAGE} cells apart; wrap them into the cell first.`,
    )
}

/** Cells as shaders/neighbors/edge.wgsl reads them, one per molecule. */
export function packCells(structures: readonly Structure[]): Float32Array {
  const data = new Float32Array(structures.length * CELL_FLOATS)
  structures.forEach(({ cell, periodic }, m) => {
    const at = m * CELL_FLOATS
    for (let k = 0; k < 3; k++) data[at + 4 * k + 3] = cell && periodic[k] ? 1 : -1
    if (!cell || !periodic.some(Boolean)) {
      for (let k = 0; k < 3; k++) data[at + 12 + 5 * k] = 1
      return
    }
    const { rows, reciprocal } = lattice(cell, periodic)
    for (let k = 0; k < 3; k++) {
      for (let x = 0; x < 3; x++) {
        data[at + 4 * k + x] = rows[3 * k + x]
        data[at + 12 + 4 * k + x] = reciprocal[3 * x + k]
      }
    }
  })
  return data
}
