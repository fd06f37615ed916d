import type { Vector3 } from 'three/webgpu'
import { cellVector } from '../chemistry/cell.ts'
import type { Structure } from '../chemistry/structure.ts'
import type { Gpu } from '../gpu/gpu.ts'
import { type Kernel, lanesFor } from '../gpu/kernel.ts'
import { type MoleculeScene, repeats } from './molecule-scene.ts'

/** `Ray` and `Picked` in shaders/viewer/pick.wgsl, in 32-bit words. */
export const RAY = {
  ...{
    origin: 0,
    atoms: 3,
    direction: 4,
    ballScale: 7,
    least: 8,
    slope: 9,
    ballBase: 10,
    images: 12,
    home: 16,
    cell: 20,
  },
  words: 32,
}
export const PICKED = { atom: 0, drawn: 4, way: 8, position: 12, velocity: 16, force: 20, words: 24 }

/** Å: atoms drawn smaller than this can still be caught, */
const EASY_RADIUS = 0.25
/** and CSS pixels around the pointer that are as good as under it. */
const EASY_PIXELS = 5

/** Where a ray goes through the picture, Å. */
export interface Ray {
  readonly origin: Vector3
  readonly direction: Vector3
  /** Å that a CSS pixel covers: at the ray's origin, and more per Å of distance. */
  readonly pixel: { readonly least: number; readonly slope: number }
}

/** An atom that was pointed at. */
export interface PickedAtom {
  /** Counted from 0. */
  readonly atom: number
  /** Where it, or its image, was drawn, Å of the picture. */
  readonly drawn: readonly [number, number, number]
  /** To there from where the atom itself is drawn: cell vectors, Å. */
  readonly way: readonly [number, number, number]
  /** Å, as the simulation counts, less its origin. */
  readonly position: readonly [number, number, number]
  /** Å/fs; null for atoms at rest. */
  readonly velocity: readonly [number, number, number] | null
  /** eV/Å; null for atoms at rest. */
  readonly force: readonly [number, number, number] | null
  /** The atom's share of the energy in eV, without its reference energy; null where it is not known. */
  readonly energy: number | null
}

/** Finds the atom under the pointer on the GPU: 96 bytes come back, whatever the number of atoms. */
export class Picker {
  private readonly ray: GPUBuffer
  private readonly picked: GPUBuffer
  private destroyed = false

  constructor(
    private readonly gpu: Gpu,
    private readonly molecule: MoleculeScene,
    private readonly kernel: Kernel,
  ) {
    this.ray = gpu.buffer('viewer ray', 4 * RAY.words, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST)
    this.picked = gpu.buffer('viewer picked', 4 * PICKED.words)
  }

  /** Its kernel for such a structure, which may be compiled while the molecule is still being made. */
  static kernel(gpu: Gpu, structure: Structure): Promise<Kernel> {
    return gpu.kernel('viewer/pick', {
      constants: { WORKGROUP: lanesFor(structure.atomicNumbers.length) },
      conditions: { PERIODIC: repeats(structure) },
    })
  }

  /**
   * @param images cells that are drawn along each axis
   * @param look radii as they are drawn
   */
  async pick(
    { origin, direction, pixel }: Ray,
    images: readonly number[],
    look: { readonly ballScale: number; readonly ballBase: number },
  ): Promise<PickedAtom | null> {
    const { gpu, molecule, ray, picked } = this
    const { positionBuffer: positions, velocityBuffer, forceBuffer, hasAtomEnergies } = molecule.simulation
    const words = new Float32Array(RAY.words)
    words.set(origin.toArray(), RAY.origin)
    words.set(direction.toArray(), RAY.direction)
    const { home, cell, placement } = molecule
    words.set(home, RAY.home)
    if (cell) for (let axis = 0; axis < 3; axis++) words.set(cellVector(cell, axis), RAY.cell + 4 * axis)
    words[RAY.ballScale] = look.ballScale
    words[RAY.ballBase] = look.ballBase
    words[RAY.least] = EASY_RADIUS + EASY_PIXELS * pixel.least
    words[RAY.slope] = EASY_PIXELS * pixel.slope
    const whole = new Uint32Array(words.buffer)
    whole[RAY.atoms] = molecule.atoms
    whole.set(images, RAY.images)
    gpu.upload(ray, words)
    const { radii, center } = molecule
    const velocities = velocityBuffer ?? positions
    const forces = forceBuffer ?? positions
    const resources = {
      ...{ ray, positions, radii, velocities, forces, picked },
      ...(placement ? { shifts: placement.shifts } : { center }),
    }
    gpu.submit('pick', [this.kernel.bind(resources, [1, 1, 1])])
    const bytes = await gpu.read(picked)
    const floats = new Float32Array(bytes)
    const atom = new Uint32Array(bytes)[PICKED.atom]
    if (atom === 0 || this.destroyed) return null
    const three = (at: number) => [floats[at], floats[at + 1], floats[at + 2]] as const
    return {
      atom: atom - 1,
      drawn: three(PICKED.drawn),
      way: three(PICKED.way),
      position: three(PICKED.position),
      velocity: velocityBuffer ? three(PICKED.velocity) : null,
      force: forceBuffer ? three(PICKED.force) : null,
      energy: forceBuffer && hasAtomEnergies !== false ? floats[PICKED.force + 3] : null,
    }
  }

  destroy(): void {
    this.destroyed = true
    this.ray.destroy()
    this.picked.destroy()
  }
}
