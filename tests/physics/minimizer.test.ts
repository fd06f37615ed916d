/** FIRE on the GPU: minima that are known, starts that are terrible, cells, and what must not move. */
import { describe, expect, test } from 'vitest'
import type { Structure } from '../../src/chemistry/structure.ts'
import { BAR } from '../../src/chemistry/units.ts'
import { Minimizer, type MinimizerOptions, type MinimizerReport } from '../../src/dynamics/minimizer.ts'
import { InputError } from '../../src/errors.ts'
import { evaluate } from '../../src/models/evaluate.ts'
import type { ForceField } from '../../src/models/force-field.ts'
import { useGpu } from '../kernels/lib/device.ts'
import { bundledField, ethanol, water } from './lib/bundled.ts'
import { type Derivatives, type FireStep, fire, softSpheres } from './lib/fire.ts'
import { argon, spheres } from './lib/spheres.ts'

const gpu = useGpu()

/** The same numbers every time, from −1 to 1. */
function noise(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state / 2 ** 32) * 2 - 1
  }
}

const shaken = (structure: Structure, by: number, seed = 1): Structure => {
  const next = noise(seed)
  return { ...structure, positions: structure.positions.map((x) => x + by * next()) }
}

async function relax(
  structure: Structure,
  field: ForceField,
  options: MinimizerOptions = {},
  { steps = 2000, every = 20 } = {},
) {
  const minimizer = await Minimizer.create(gpu(), structure, field, options)
  const reports: MinimizerReport[] = []
  for await (const report of minimizer.run({ steps, every })) reports.push(report)
  const relaxed = await minimizer.structure()
  minimizer.destroy()
  return { reports, last: reports[reports.length - 1], relaxed }
}

describe('soft spheres', () => {
  test('two that overlap end where they just touch, or do not', async () => {
    const pair: Structure = {
      name: 'pair',
      atomicNumbers: Uint8Array.of(18, 18),
      positions: Float64Array.of(0, 0, 0, 0.9, 1.2, 0.4),
      cell: null,
      periodic: [false, false, false],
    }
    const { last, relaxed } = await relax(pair, spheres(2), { fmax: 1e-3 })
    const [x, y, z] = [0, 1, 2].map((k) => relaxed.positions[3 + k] - relaxed.positions[k])
    expect(last).toMatchObject({ converged: true, fault: null })
    expect(Math.hypot(x, y, z)).toBeGreaterThan(3 - 1e-3 / 2)
    // Along the line that they were on.
    expect(y / x).toBeCloseTo(1.2 / 0.9, 4)
    expect(z / x).toBeCloseTo(0.4 / 0.9, 4)
  })

  test('512 of them, on the cell list: energies and forces are those of the atoms where they are', async () => {
    const field = spheres(2)
    const { reports, last, relaxed } = await relax(shaken(argon(8, 2.6), 0.15), field, { fmax: 0.02 })
    expect(last.converged).toBe(true)
    expect(last.energy).toBeLessThan(reports[0].energy - 1)
    const [after] = await evaluate(gpu(), field, [relaxed])
    expect(last.energy).toBeCloseTo(after.energy, 2)
    const largest = Math.max(
      ...Array.from({ length: 512 }, (_, i) => Math.hypot(...after.forces.subarray(3 * i, 3 * i + 3))),
    )
    expect(largest).toBeLessThan(0.02 * 1.01)
    expect(Math.abs(largest - last.maxForce)).toBeLessThan(2e-5)
    relaxed.forces!.forEach((force, k) => {
      expect(Math.abs(force - after.forces[k])).toBeLessThan(2e-5)
    })
  })

  test.each([
    ['isotropic', { kind: 'isotropic', pressure: 2000 }],
    ['free', { kind: 'free', pressure: 2000 }],
  ] as const)('a cell that is out of shape comes to the pressure asked for: %s', async (kind, cell) => {
    const start = argon(4, 2.6)
    const stretched: Structure =
      kind === 'free'
        ? {
            ...start,
            cell: [11, 0, 0, 0.7, 10.2, 0, -0.4, 0.5, 10],
            positions: start.positions.map((_, i, all) => {
              const [a, b, c] = [0, 1, 2].map((k) => all[3 * Math.floor(i / 3) + k] / 10.4)
              return [11 * a + 0.7 * b - 0.4 * c, 10.2 * b + 0.5 * c, 10 * c][i % 3]
            }),
          }
        : start
    const fmax = 1e-3
    const { last } = await relax(stretched, spheres(2), { fmax, cell })
    expect(last.converged).toBe(true)
    // What convergence promises: |σ + P| V / N ≤ fmax · 1 Å, as a pressure in bar.
    const allowed = (fmax * 64) / last.volume! / BAR
    expect(Math.abs(last.pressure! - 2000)).toBeLessThan(allowed)
    if (kind === 'free') {
      const trace = (last.stress![0] + last.stress![1] + last.stress![2]) / 3
      for (let k = 0; k < 6; k++)
        expect(Math.abs(last.stress![k] - (k < 3 ? trace : 0))).toBeLessThan((2 * fmax * 64) / last.volume!)
    } else {
      // A cube stays one.
      const [a, , , , b, , , , c] = last.cell!
      expect(a).toBeCloseTo(b, 4)
      expect(a).toBeCloseTo(c, 4)
      expect(last.cell!.filter((x) => x !== 0)).toHaveLength(3)
    }
  })

  test('on the cell list pairs are found anew as the cell shrinks', async () => {
    // The box loses 2 Å: more than the list's skin.
    const { last, relaxed } = await relax(argon(8, 2.9), spheres(2), {
      fmax: 5e-3,
      cell: { kind: 'isotropic', pressure: 250_000 },
    })
    expect(last.converged).toBe(true)
    expect(last.cell![0]).toBeLessThan(0.93 * 8 * 2.9)
    const [after] = await evaluate(gpu(), spheres(2), [relaxed])
    expect(Math.abs(last.energy - after.energy)).toBeLessThan(1e-5 * Math.abs(after.energy))
  })

  test('the cell of a triclinic crystal and its reciprocal stay one another’s', async () => {
    // A wrong inverse would make the list miss pairs, and the energy of a fresh evaluation differ.
    const start = argon(4, 2.6)
    const sheared = { ...start, cell: [10.4, 0, 0, 1.5, 10.4, 0, -1, 0.8, 10.4] as const }
    const { last, relaxed } = await relax(sheared, spheres(2), { fmax: 5e-3, cell: { kind: 'free' } })
    const [after] = await evaluate(gpu(), spheres(2), [relaxed])
    expect(last.converged).toBe(true)
    expect(Math.abs(last.energy - after.energy)).toBeLessThan(1e-4)
  })
})

describe('starts that are terrible', () => {
  const heap = shaken(argon(3, 0.3, false), 0.08)

  test('spheres on top of each other come apart', async () => {
    const { reports, last, relaxed } = await relax(
      heap,
      spheres(50),
      { fmax: 0.01 },
      { steps: 3000, every: 50 },
    )
    expect(reports[0].maxForce).toBeGreaterThan(100)
    expect(last).toMatchObject({ converged: true, fault: null })
    for (let i = 0; i < 27; i++)
      for (let j = 0; j < i; j++) {
        const distance = Math.hypot(
          ...[0, 1, 2].map((k) => relaxed.positions[3 * i + k] - relaxed.positions[3 * j + k]),
        )
        expect(distance).toBeGreaterThan(3 - 0.01)
      }
  })

  test('no atom moves further in a step than is allowed, and the first ones go that far', async () => {
    const furthest = 0.07
    const minimizer = await Minimizer.create(gpu(), heap, spheres(50), { furthest })
    let before = heap.positions
    const moves: number[] = []
    for (let step = 0; step < 30; step++) {
      minimizer.advance(1)
      const { positions } = await minimizer.structure()
      for (let i = 0; i < 81; i += 3)
        moves.push(Math.hypot(...[0, 1, 2].map((k) => positions[i + k] - before[i + k])))
      before = positions
    }
    minimizer.destroy()
    // A step uphill is preceded by half a step back; float32 keeps seven digits.
    expect(Math.max(...moves.slice(0, 27))).toBeCloseTo(furthest, 4)
    expect(Math.max(...moves)).toBeLessThan(1.5 * furthest + 1e-5)
  })

  test('atoms that are drawn together get the room for their pairs', async () => {
    const gas = argon(4, 8, false)
    const restraints = Array.from({ length: 64 }, (_, atom) => ({
      atom,
      stiffness: 1,
      anchor: [0, 1, 2].map((k) => 12 + (gas.positions[3 * atom + k] - 12) / 8) as [number, number, number],
    }))
    const { reports, last, relaxed } = await relax(gas, spheres(1), { restraints, fmax: 0.01 })
    expect(reports[0].pairs).toBe(64)
    // Several times what the list had room for at first.
    expect(last.pairs).toBeGreaterThan(64 * 8)
    expect(last).toMatchObject({ converged: true, fault: null })
    // What the springs and the spheres exert on each other is what the present positions say.
    const [{ forces }] = await evaluate(gpu(), spheres(1), [relaxed])
    for (let i = 0; i < 192; i++) {
      const spring = restraints[Math.floor(i / 3)].anchor[i % 3] - relaxed.positions[i]
      expect(Math.abs(forces[i] + spring)).toBeLessThan(0.011)
    }
  })

  test('water with a hydrogen inside the oxygen is mended', async () => {
    const squeezed = water()
    squeezed.positions.set([0, 0.2, -0.05], 3)
    const field = await bundledField()
    const { last, reports } = await relax(squeezed, field)
    expect(last).toMatchObject({ converged: true, fault: null })
    expect(last.energy).toBeLessThan(reports[0].energy)
  })

  test('a force beyond all numbers stops it and names the atom', async () => {
    const { last } = await relax(argon(2, 2.5, false), spheres(1e38))
    expect(last.fault).toMatch(/The relaxation stopped at step 0: the force on atom Ar\d/)
    expect(last.converged).toBe(false)
  })
})

describe('step by step as in float64', () => {
  /** Largest distance in Å from the float64 path over so many steps, of atoms and of cell vectors. */
  async function strays(
    start: Structure,
    field: ForceField,
    derivatives: Derivatives,
    options: MinimizerOptions,
    steps: number,
  ): Promise<number> {
    const { furthest = 0.2, cell } = options
    const minimizer = await Minimizer.create(gpu(), start, field, { ...options, fmax: 1e-6 })
    const path = fire(start, derivatives, {
      ...{ fmax: 1e-6, furthest, cell: cell?.kind ?? 'none' },
      pressure: (cell?.pressure ?? 0) * BAR,
    })
    let most = 0
    for (let step = 0; step < steps; step++) {
      minimizer.advance(1)
      const found = await minimizer.structure()
      const wanted = path.next().value as FireStep
      // The middle that strain turns about is rounded: the whole may be elsewhere, which means nothing.
      const gaps = found.positions.map((x, i) => x - wanted.positions[i])
      const shift = [0, 1, 2].map(
        (k) => gaps.filter((_, i) => i % 3 === k).reduce((a, b) => a + b) / (gaps.length / 3),
      )
      gaps.forEach((gap, i) => {
        most = Math.max(most, Math.abs(gap - shift[i % 3]))
      })
      found.cell?.forEach((x, i) => {
        most = Math.max(most, Math.abs(x - wanted.cell![i]))
      })
    }
    minimizer.destroy()
    return most
  }

  const springsTo = (anchors: Float64Array, stiffness: number) =>
    Array.from({ length: anchors.length / 3 }, (_, atom) => ({
      ...{ atom, stiffness },
      anchor: [...anchors.subarray(3 * atom, 3 * atom + 3)] as [number, number, number],
    }))

  /** Å: float32 rounds positions of some Å by 5e-7 in each step; a wrong step is off by hundredths. */
  const ROUNDING = 1e-4

  test('atoms downhill, uphill and half a step back', async () => {
    const start = shaken(argon(2, 2.3, false), 0.3)
    const anchors = start.positions.map((x) => 1.2 + (x - 1.2) / 2)
    const derivatives = softSpheres(4, 3, { stiffness: 3, anchors })
    const restraints = springsTo(anchors, 3)
    expect(await strays(start, spheres(4), derivatives, { restraints }, 60)).toBeLessThan(ROUNDING)
  })

  test.each(['isotropic', 'free'] as const)('with a cell: %s', async (kind) => {
    const box: Structure = {
      ...shaken(argon(2, 3.2), 0.2),
      cell: [6.9, 0, 0, 0.6, 6.2, 0, -0.3, 0.4, 6.0],
    }
    const cell = { kind, pressure: 60_000 }
    expect(await strays(box, spheres(4), softSpheres(4, 3), { cell }, 40)).toBeLessThan(ROUNDING)
  })

  test('while the list grows', async () => {
    const gas = argon(3, 8, false)
    const anchors = gas.positions.map((x) => 8 + (x - 8) / 8)
    const restraints = springsTo(anchors, 1)
    const derivatives = softSpheres(1, 3, { stiffness: 1, anchors })
    expect(await strays(gas, spheres(1), derivatives, { restraints }, 60)).toBeLessThan(ROUNDING)
  })
})

describe('molecules', () => {
  test('ethanol that was shaken by 0.1 Å comes to rest, far below where it was', async () => {
    const field = await bundledField()
    const { reports, last, relaxed } = await relax(shaken(ethanol(), 0.1), field, { fmax: 0.005 })
    expect(last.converged).toBe(true)
    expect(last.energy).toBeLessThan(reports[0].energy - 0.5)
    const [after] = await evaluate(gpu(), field, [relaxed])
    const largest = Math.max(
      ...Array.from({ length: 9 }, (_, i) => Math.hypot(...after.forces.subarray(3 * i, 3 * i + 3))),
    )
    // Positions go back through float32, whose forces differ by their rounding.
    expect(largest).toBeLessThan(0.005 + 1e-4)
    expect(Math.abs(after.energy - last.energy)).toBeLessThan(1e-4)
  })

  test('does not depend on how steps were batched, to the bit', async () => {
    const field = await bundledField()
    const start = shaken(ethanol(), 0.1)
    // Relaxed well before the last step, so that one of the two goes on for longer than the other where nothing may move.
    const options = { fmax: 0.1 }
    const one = await relax(start, field, options, { steps: 100, every: 100 })
    const many = await relax(start, field, options, { steps: 100, every: 7 })
    expect(one.last.converged).toBe(true)
    expect(one.last.step).toBeLessThan(90)
    expect(many.relaxed.positions).toEqual(one.relaxed.positions)
    expect(many.last).toEqual(one.last)
  })

  test('nor on where in a batch the list had to grow', async () => {
    const gas = argon(4, 8, false)
    const restraints = Array.from({ length: 64 }, (_, atom) => ({
      ...{ atom, stiffness: 1 },
      anchor: [0, 1, 2].map((k) => 12 + (gas.positions[3 * atom + k] - 12) / 8) as [number, number, number],
    }))
    const options = { restraints, fmax: 1e-4 }
    const one = await relax(gas, spheres(1), options, { steps: 120, every: 1 })
    const many = await relax(gas, spheres(1), options, { steps: 120, every: 120 })
    expect(many.last.pairs).toBeGreaterThan(64 * 8)
    expect(many.last).toEqual(one.last)
    expect(many.relaxed.positions).toEqual(one.relaxed.positions)
  })

  test('atoms held fast stay, to the bit, and do not count as unrelaxed', async () => {
    const field = await bundledField()
    const start = shaken(ethanol(), 0.1)
    const { last, relaxed } = await relax(start, field, { fixed: [0, 2] })
    expect(last.converged).toBe(true)
    for (const atom of [0, 2])
      expect(relaxed.positions.subarray(3 * atom, 3 * atom + 3)).toEqual(
        start.positions.subarray(3 * atom, 3 * atom + 3),
      )
    expect(relaxed.positions.subarray(3, 6)).not.toEqual(start.positions.subarray(3, 6))
    const [after] = await evaluate(gpu(), field, [relaxed])
    const held = Math.max(...[0, 2].map((i) => Math.hypot(...after.forces.subarray(3 * i, 3 * i + 3))))
    expect(held).toBeGreaterThan(0.05)
  })

  test('a spring pulls as far as it and the molecule agree', async () => {
    const field = await bundledField()
    const anchor = [2, 2, 2] as const
    const { last, relaxed } = await relax(water(), field, { restraints: [{ atom: 0, stiffness: 1, anchor }] })
    expect(last.converged).toBe(true)
    anchor.forEach((x, k) => {
      expect(Math.abs(relaxed.positions[k] - x)).toBeLessThan(0.02)
    })
  })
})

describe('what cannot be relaxed is said at once', () => {
  test.each([
    [{ cell: { kind: 'free' } }, 'needs a cell that repeats'],
    [{ fmax: -1 }, 'The largest force to be left must be a positive number of eV/Å, not -1.'],
    [{ furthest: 3 }, 'not by 3 Å'],
    [{ fixed: [3] }, 'There is no atom 4 to hold: the structure ends with atom 3.'],
    [{ cell: { kind: 'free', pressure: Number.NaN } }, 'The pressure must be a number of bar'],
  ] as const)('%j', async (options, sentence) => {
    const field = spheres(1)
    const attempt = Minimizer.create(gpu(), water(), field, options)
    await expect(attempt).rejects.toThrow(InputError)
    await expect(attempt).rejects.toThrow(sentence)
  })
})
