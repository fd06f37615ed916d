import { readXyz } from '../../../src/formats/xyz.ts'
import { Gpu } from '../../../src/gpu/gpu.ts'
import { Viewer } from '../../../src/viewer/viewer.ts'
import { mock } from './mock.ts'

const q = new URLSearchParams(location.search)
const gpu = await Gpu.request()
const canvas = document.querySelector('canvas')!
const viewer = await Viewer.create(gpu, canvas)
viewer.setPixelRatio(Number(q.get('ratio') ?? 1))
viewer.resize()
const text = await (await fetch(q.get('file')!)).text()
const s = readXyz(text, 'x')[0]
const sim = mock(gpu, s)
const t0 = performance.now()
viewer.show(await viewer.prepare(s, sim))
console.log('prepared', performance.now() - t0)
const style = q.get('style')
if (style) viewer.setStyle(style as never)
let n = 0,
  sum = 0
while (true) {
  const t = performance.now()
  sim.advance(1)
  viewer.render(0.05, true)
  await gpu.device.queue.onSubmittedWorkDone()
  if (++n > 5) sum += performance.now() - t
  if (n % 10 === 0) {
    console.log('frame ms', sum / (n - 5))
    ;(window as any).ready = true
  }
  await new Promise(requestAnimationFrame)
}
