import { describe, expect, it } from 'vitest'
import { clampSetting, type Setting, type SettingName, settings } from '../../../src/app/settings.ts'
import { ensembleOptions } from '../../../src/cli/ensemble.ts'
import { conditions } from '../../../src/dynamics/conditions.ts'

const all = Object.entries(settings) as [SettingName, Setting][]

describe('what can be set', () => {
  it.each(all)('%s has limits that the engine takes', (_, { least, above, min, max, step, initial }) => {
    expect(min).toBeGreaterThanOrEqual(least ?? Number.NEGATIVE_INFINITY)
    expect(min).toBeGreaterThan(above ?? Number.NEGATIVE_INFINITY)
    expect(max).toBeGreaterThan(min)
    expect(step).toBeLessThan(max - min)
    expect(initial).toBeGreaterThanOrEqual(min)
    expect(initial).toBeLessThanOrEqual(max)
  })

  it.each(all)('%s stays within them', (name, { min, max, initial }) => {
    expect(clampSetting(name, min - 1)).toBe(min)
    expect(clampSetting(name, max + 1)).toBe(max)
    expect(clampSetting(name, Number.NaN)).toBe(initial)
  })

  it('is the same on the command line, in the same words', () => {
    expect(Object.keys(settings).sort()).toEqual(Object.keys(conditions).sort())
    for (const [name, { help, unit }] of Object.entries(conditions)) {
      expect(ensembleOptions[name].help.toLowerCase()).toContain(help.replace(/\.$/, '').toLowerCase())
      expect(ensembleOptions[name].value).toBe(unit.toUpperCase())
    }
  })
})
