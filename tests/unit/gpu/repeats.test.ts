import { describe, expect, test } from 'vitest'
import { paired, sample, summaryOf } from '../../../src/gpu/repeats.ts'

describe('timing', () => {
  test('the quickest, the median and their number', () => {
    expect(summaryOf([3, 1, 2])).toEqual({ quickest: 1, median: 2, samples: 3 })
    expect(summaryOf([4, 1, 2, 3])).toEqual({ quickest: 1, median: 2.5, samples: 4 })
  })

  test('a call to warm up is not counted', async () => {
    const answers = [100, 2, 1, 3]
    const times = await sample(async () => answers.shift()!, { seconds: 60, most: 3 })
    expect(times).toEqual({ quickest: 1, median: 2, samples: 3 })
  })

  test('two are taken even where there is no time', async () => {
    expect(await sample(async () => 1, { seconds: 0 })).toMatchObject({ samples: 2 })
  })

  test('variants take turns, and ratios are of neighbours in time', async () => {
    const order: string[] = []
    const variant = (name: string, cost: number) => async () => {
      order.push(name)
      // The machine slows down from turn to turn; the second variant always costs twice the first.
      return cost * Math.ceil(order.length / 2)
    }
    const { ratios, times } = await paired([variant('a', 1), variant('b', 2)], { seconds: 60, most: 2 })
    expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b'])
    expect(ratios).toEqual([1, 2])
    expect(times.map(({ samples }) => samples)).toEqual([2, 2])
  })
})
