import { describe, expect, test } from 'vitest'
import { EnergyStatistics } from '../../../src/cli/energy-statistics.ts'

describe('energy statistics', () => {
  test('find slope and fluctuation of a line with a ripple, on top of a large constant', () => {
    const statistics = new EnergyStatistics()
    const samples = 1000
    for (let i = 0; i < samples; i++) {
      const time = 0.5 * i
      // A ripple of period 4 samples is orthogonal to the line to 1/samples.
      const ripple = 1e-5 * Math.sin((Math.PI / 2) * i + 0.3)
      statistics.add(time, -12_345.678 + 3e-7 * time + ripple, i % 2 ? 290 : 310)
    }
    expect(statistics.drift).toBeCloseTo(3e-7, 9)
    expect(statistics.fluctuation).toBeCloseTo(1e-5 / Math.SQRT2, 7)
    expect(statistics.meanTemperature).toBeCloseTo(300, 9)
  })

  test('say nothing of a line through fewer than three points', () => {
    const statistics = new EnergyStatistics()
    statistics.add(0, -1, 300)
    statistics.add(1, -2, 300)
    expect(statistics.drift).toBeNull()
    expect(statistics.fluctuation).toBeNull()
  })
})
