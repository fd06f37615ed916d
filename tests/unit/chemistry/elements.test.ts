import { describe, expect, it } from 'vitest'
import { elementOf, elements, speciesOf, symbolOf } from '../../../src/chemistry/elements.ts'
import { InputError } from '../../../src/errors.ts'

describe('elements', () => {
  it('has 118 of them, each with its own symbol and name', () => {
    expect(elements).toHaveLength(118)
    expect(new Set(elements.map(({ symbol }) => symbol)).size).toBe(118)
    expect(new Set(elements.map(({ name }) => name)).size).toBe(118)
    elements.forEach((element, i) => {
      expect(element.atomicNumber).toBe(i + 1)
      expect(element.symbol).toMatch(/^[A-Z][a-z]?$/)
      expect(element.color).toMatch(/^#[0-9a-f]{6}$/)
      expect(element.mass).toBeGreaterThan(i + 1)
      expect(element.covalentRadius).toBeGreaterThan(0.2)
      expect(element.vdwRadius).toBeGreaterThan(element.covalentRadius * 0.9)
    })
  })

  it('agrees with published values', () => {
    expect(elementOf(6)).toEqual({
      atomicNumber: 6,
      symbol: 'C',
      name: 'Carbon',
      mass: 12.011,
      covalentRadius: 0.76,
      vdwRadius: 1.7,
      color: '#909090',
    })
    expect(elementOf(1).mass).toBe(1.008)
    expect(elementOf(8).covalentRadius).toBe(0.66)
    expect(elementOf(92).symbol).toBe('U')
    expect(elementOf(118).symbol).toBe('Og')
    expect(symbolOf(0)).toBe('?')
    expect(() => elementOf(119)).toThrow(InputError)
  })

  it('reads symbols in any case, atomic numbers, and heavy hydrogen', () => {
    for (const text of ['Cl', 'CL', 'cl', '17'])
      expect(speciesOf(text)).toEqual({ atomicNumber: 17, mass: null })
    expect(speciesOf('D')).toEqual({ atomicNumber: 1, mass: 2.014101778 })
    expect(speciesOf('t')).toEqual({ atomicNumber: 1, mass: 3.016049281 })
    for (const text of ['', 'Xx', '0', '119', '6.0', '-6', 'constructor', '__proto__'])
      expect(speciesOf(text)).toBeNull()
  })
})
