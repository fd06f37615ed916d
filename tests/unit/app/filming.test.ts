import { describe, expect, it } from 'vitest'
import { readGlow } from '../../../src/app/filming/backdrop.ts'
import { filmSize } from '../../../src/app/filming/size.ts'

describe('the size of a film', () => {
  it('is that of the window in the screen’s picture elements, in even numbers', () => {
    expect(filmSize(641, 400.4, 1)).toEqual({ width: 642, height: 400, scale: 1 })
    expect(filmSize(640, 400, 2)).toEqual({ width: 1280, height: 800, scale: 2 })
  })

  it('has a longest side', () => {
    expect(filmSize(2400, 1200, 2)).toEqual({ width: 1920, height: 960, scale: 0.8 })
    expect(filmSize(300, 3840, 1)).toEqual({ width: 150, height: 1920, scale: 0.5 })
  })
})

describe('the light of the backdrop', () => {
  it('is read from what a browser computes of the style sheet', () => {
    const image =
      'url("http://localhost/assets/grain-x.png"), radial-gradient(78% 80% at 50% 44%, rgb(29, 34, 43) 0%, rgb(23, 27, 34) 45%, rgba(11, 13, 17, 0.5) 100%)'
    expect(readGlow(image)).toEqual({
      middle: [0.5, 0.44],
      radii: [0.78, 0.8],
      stops: [
        [0, 'rgb(29, 34, 43)'],
        [0.45, 'rgb(23, 27, 34)'],
        [1, 'rgba(11, 13, 17, 0.5)'],
      ],
    })
    expect(readGlow(image.replace('(78%', '(ellipse 78%'))).toEqual(readGlow(image))
  })

  it('is none where the page is of one colour', () => {
    expect(readGlow('none')).toBeNull()
    expect(readGlow('linear-gradient(rgb(0, 0, 0) 0%, rgb(9, 9, 9) 100%)')).toBeNull()
  })
})
