import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'vitest'
import { Watch } from '../../../src/app/watching.ts'
import type { Report } from '../../../src/dynamics/types.ts'
const N: Record<string, number> = { ethanol: 9, ptfe: 20, 'nylon-6': 60, urea: 128, 'water-box': 96, polystyrene: 50, 'water-cluster': 21, 'acetic-acid-pair': 16 }
test('judge', () => {
  for (const f of readdirSync('/tmp').filter((f) => f.startsWith('scan') && f.endsWith('.json'))) {
    const d = JSON.parse(readFileSync(`/tmp/${f}`, 'utf8'))
    const key = Object.keys(N).find((k) => f.includes(`-${k}`))!
    const dt = Number(/-([\d.]+)-(nve|lan)/.exec(f)![1])
    const w = new Watch()
    let said = ''
    for (const [time, temperature, conservedEnergy, , fault] of d) {
      const v = w.take({ time, temperature, conservedEnergy, fault } as Report, { target: f.includes('1000') ? 1000 : 300, relaxation: f.includes('nve') ? null : 200, timestep: dt, moving: N[key] })
      for (const r of v.raised) said += ` ${time}:+${r.kind}${r.kind === 'drift' ? (r.rate / 0.02585).toFixed(3) : ''}`
      for (const g of v.gone) said += ` ${time}:-${g}`
    }
    console.log(f, d.at(-1)?.[0], said || 'nothing')
  }
})
