import { beforeEach, describe, expect, test } from 'vitest'
import { History } from '../../../src/app/history.ts'
import { record } from '../../../src/app/monitors.ts'
import { plottedAsCsv } from '../../../src/app/plotted.ts'
import * as state from '../../../src/app/state.ts'
import type { Report } from '../../../src/dynamics/types.ts'

const at = (time: number) =>
  ({ time, potentialEnergy: -1, totalEnergy: -0.5, temperature: 300 }) as unknown as Report

beforeEach(() => {
  state.monitors.value = [
    { atoms: [0, 1], name: 'C1–C2', unit: 'Å', times: [], values: [] },
    { atoms: [0, 1, 2], name: 'C1–C2–O3', unit: '°', times: [], values: [] },
  ]
})

describe('distances and angles that are followed', () => {
  test('come one after the other, each time once', () => {
    record(at(0), [1.5, 109])
    record(at(500), [1.52, 110])
    record(at(500), [9, 9])
    expect(state.monitors.value[0].times).toEqual([0, 0.5])
    expect(state.monitors.value[1].values).toEqual([109, 110])
    expect(plottedAsCsv(new History(), state.monitors.value)).toBe(
      'time (ps),C1–C2 (Å),C1–C2–O3 (°)\n0,1.5,109\n0.5,1.52,110\n',
    )
  })

  test('forget what a run that has gone back will do anew', () => {
    for (const time of [0, 100, 200, 300]) record(at(time), [time, time])
    record(at(150), [7, 7])
    expect(state.monitors.value[0]).toMatchObject({ times: [0, 0.1, 0.15], values: [0, 100, 7] })
  })

  test('leave a gap in the table where one began later', () => {
    record(at(0), [1.5])
    record(at(100), [1.6, 111])
    expect(plottedAsCsv(new History(), state.monitors.value).split('\n').slice(1, 3)).toEqual([
      '0,1.5,',
      '0.1,1.6,111',
    ])
  })

  test('are not remembered for ever', () => {
    for (let step = 0; step < 700; step++) record(at(step), [step, step])
    const [{ times, values }] = state.monitors.value
    expect(times.length).toBe(600)
    expect(values[599]).toBe(699)
    expect(values[0]).toBe(100)
  })
})

test('the plotted past ends where a run goes another way', () => {
  const history = new History()
  for (const time of [0, 100, 200, 300]) history.push(at(time))
  history.cutAfter(200)
  expect(history.series('time')).toEqual([0, 0.1, 0.2])
  expect(history.series('temperature').length).toBe(3)
  history.push(at(250))
  expect(history.series('time')).toEqual([0, 0.1, 0.2, 0.25])
})

test('everything plotted is one table, without columns that never had a value', () => {
  const history = new History()
  history.push(at(0))
  history.push(at(250))
  record(at(250), [1.5])
  expect(plottedAsCsv(history, state.monitors.value)).toBe(
    'time (ps),potential energy (eV),total energy (eV),temperature (K),C1–C2 (Å)\n0,-1,-0.5,300,\n0.25,-1,-0.5,300,1.5\n',
  )
})

test('the work of a hand is in the table where one has pulled', () => {
  const history = new History()
  const worked = (time: number, handWork: number) => ({ ...at(time), handWork }) as Report
  const heads = () => plottedAsCsv(history, []).split('\n')[0]
  history.push(worked(0, 0))
  expect(heads()).not.toContain('hand')
  history.push(worked(250, 0.25))
  expect(heads()).toBe(
    'time (ps),potential energy (eV),total energy (eV),work of the hand (eV),temperature (K)',
  )
  expect(plottedAsCsv(history, []).split('\n')[2]).toBe('0.25,-1,-0.5,0.25,300')
})
