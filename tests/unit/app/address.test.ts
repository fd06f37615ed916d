import { describe, expect, it } from 'vitest'
import { readAddress } from '../../../src/app/address.ts'

const read = (query: string) => readAddress(new URL(`https://here.example/tumble/?${query}`))

describe('what the page is asked for in its address', () => {
  it('files of its own host are told from those of others', () => {
    const { own, abroad, complaints } = read(
      'load=a.xyz&load=https://there.example/b%20c.pdb&model=/models/m.ckpt&load=https://here.example/d.xyz',
    )
    expect(own.map(String)).toEqual([
      'https://here.example/tumble/a.xyz',
      'https://here.example/models/m.ckpt',
      'https://here.example/d.xyz',
    ])
    expect(abroad.map(String)).toEqual(['https://there.example/b%20c.pdb'])
    expect(complaints).toEqual([])
  })

  it.each([
    ['http://there.example/a.xyz', /https/],
    ['//there.example:99999/a.xyz', /no address/],
    ['javascript:alert(1)', /https/],
    ['data:text/plain,3', /https/],
    ['', /no address/],
  ])('%s is no file to fetch', (url, why) => {
    const { own, abroad, complaints } = read(`load=${encodeURIComponent(url)}`)
    expect([...own, ...abroad]).toEqual([])
    expect(complaints).toEqual([expect.stringMatching(why)])
  })

  it('settings are taken within their limits', () => {
    const { numbers, words, complaints } = read(
      'temperature=0&timestep=2&pressure=-2e3&style=licorice&thermostat=off&barostat=on&coloring=speed&arrows=both&theme=light',
    )
    expect([...numbers]).toEqual([
      ['temperature', 0],
      ['timestep', 2],
      ['pressure', -2000],
    ])
    expect(Object.fromEntries(words)).toEqual({
      style: 'licorice',
      thermostat: 'off',
      barostat: 'on',
      coloring: 'speed',
      arrows: 'both',
      theme: 'light',
    })
    expect(complaints).toEqual([])
  })

  it('a layer and a head are counted from 1', () => {
    expect(read('attention=2.8')).toMatchObject({ attention: { layer: 1, head: 7 }, complaints: [] })
    expect(read('').attention).toBeNull()
  })

  it('what checkpoints do not tell is stated in numbers and words', () => {
    const { stated, complaints } = read(
      'model=a.pt&state=num_heads=4,task_std=3.9&state=irreps_head=8x0e+4x1o',
    )
    expect(stated).toEqual({ num_heads: 4, task_std: 3.9, irreps_head: '8x0e+4x1o' })
    expect(complaints).toEqual([])
  })

  it.each([
    ['temperature=hot', /temperature is a number from 0 to 1500 K/],
    ['temperature=', /number/],
    ['temperature=-1', /number/],
    ['timestep=2.01', /timestep is a number from 0\.1 to 2 fs/],
    ['friction=NaN', /number/],
    ['style=cartoon', /ball-and-stick, space-filling, licorice/],
    ['arrows=on', /none, forces, velocities, both/],
    ['coloring=mood', /element, molecule, index/],
    ['attention=1', /a layer and a head, counted from 1, as in 2\.1/],
    ['attention=0.1', /counted from 1/],
    ['attention=on', /counted from 1/],
    ['thermostat=on', /langevin, bussi, nose-hoover, off/],
    ['tempreature=300', /no such setting/],
    ['state=task_std', /name=value pairs/],
    ['constructor=1', /no such setting/],
  ])('%s is ignored and told', (query, why) => {
    const { numbers, words, attention, stated, complaints } = read(query)
    expect(numbers.size + words.size + Object.keys(stated).length).toBe(0)
    expect(attention).toBeNull()
    expect(complaints).toEqual([expect.stringMatching(why)])
  })
})
