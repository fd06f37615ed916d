import { describe, expect, test } from 'vitest'
import type { Loading } from '../../../src/app/loading.ts'
import { still, structureAt } from '../../../src/app/playing/trajectory.ts'
import { checkKnown, Refusal, waysPast } from '../../../src/app/refusal.ts'
import type { Structure } from '../../../src/chemistry/structure.ts'
import { InputError } from '../../../src/errors.ts'
import type { ForceField } from '../../../src/models/force-field.ts'
import { atoms, cube } from '../chemistry/lib/structures.ts'

const gold = atoms([['Au', 1, 2, 3]])
const water = atoms([['O', 0, 0, 0]])
const knowing = (typesOf: (structure: Structure) => Uint32Array) => ({ typesOf }) as unknown as ForceField

describe('a structure that a model does not know', () => {
  const refused = () => {
    try {
      checkKnown(
        gold,
        knowing(() => {
          throw new InputError('No gold.')
        }),
      )
    } catch (error) {
      return error
    }
  }

  test('is refused in the model’s words; what is not a user’s mistake stays what it is', () => {
    expect(refused()).toBeInstanceOf(Refusal)
    expect(refused()).toMatchObject({ message: 'No gold.', structure: gold })
    const broken = knowing(() => {
      throw new TypeError('broken')
    })
    expect(() => checkKnown(gold, broken)).toThrow(TypeError)
    expect(() =>
      checkKnown(
        gold,
        knowing(() => new Uint32Array(1)),
      ),
    ).not.toThrow()
  })

  test('can be looked at, unless it is there already', () => {
    const looked: Structure[] = []
    const loading = { look: async (structure: Structure) => looked.push(structure) } as unknown as Loading
    const labels = (present: Structure | null) =>
      waysPast(refused(), present, loading).map(({ label }) => label)
    expect(labels(water)).toEqual(['Open it to look only', 'Choose another model'])
    expect(labels(null)).toEqual(['Open it to look only', 'Choose another model'])
    expect(labels(gold)).toEqual(['Choose another model'])
    waysPast(refused(), water, loading)[0].run()
    expect(looked).toEqual([gold])
    expect(waysPast(new InputError('something else'), water, loading)).toEqual([])
  })

  test('is shown as a trajectory of one frame, cell and all', () => {
    const crystal = atoms([['Au', 1, 2, 3]], cube(4))
    const trajectory = still(crystal)
    expect(trajectory.frames.length).toBe(1)
    const { positions, cell, periodic } = structureAt(trajectory, 0)
    expect([...positions]).toEqual([1, 2, 3])
    expect(cell).toEqual(crystal.cell)
    expect(periodic).toEqual(crystal.periodic)
  })
})
