import { LinearSRGBColorSpace, NoToneMapping, WebGPURenderer } from 'three/webgpu'
import type { Gpu } from '../gpu/gpu.ts'

/** three's renderer on the engine's own device, and whether its pictures have several samples of a pixel. */
export async function createRenderer(
  gpu: Gpu,
  canvas: HTMLCanvasElement,
): Promise<{ readonly renderer: WebGPURenderer; readonly multisampled: boolean }> {
  // A processor that plays the GPU pays for every sample.
  const multisampled = !gpu.isSoftware
  const renderer = new WebGPURenderer({
    canvas,
    device: gpu.device,
    alpha: true,
    antialias: multisampled,
  })
  // Materials encode for the display themselves, which saves a pass over the whole picture.
  renderer.outputColorSpace = LinearSRGBColorSpace
  renderer.toneMapping = NoToneMapping
  renderer.setClearColor(0x000000, 0)
  await renderer.init()
  // three puts its own handler here; the engine listens with addEventListener and tells errors once.
  gpu.device.onuncapturederror = null
  renderer.onDeviceLost = () => {}
  return { renderer, multisampled }
}
