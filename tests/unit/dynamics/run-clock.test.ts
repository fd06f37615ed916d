import { expect, test } from 'vitest'
import { RunClock } from '../../../src/dynamics/run-clock.ts'

test('counts steady steps', () => {
  expect(new RunClock(0.5).timeAt(10)).toBe(5)
})

test('keeps what has been counted when the timestep changes', () => {
  const clock = new RunClock(0.5)
  clock.change(10, 2)
  clock.change(20, 1)
  expect([0, 10, 11, 20, 22].map((step) => clock.timeAt(step))).toEqual([0, 5, 7, 25, 27])
})

test('of several changes at one step the last one counts', () => {
  const clock = new RunClock(0.5)
  clock.change(0, 1)
  clock.change(4, 3)
  clock.change(4, 2)
  expect(clock.timeAt(6)).toBe(8)
})
