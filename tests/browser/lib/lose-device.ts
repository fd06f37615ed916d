import type { TumblePage } from './tumble-page.ts'

/** Runs in the page ahead of its scripts: keeps the device within the test's reach, and a way to lose it that looks like a driver's. */
export function keepDevices(): void {
  const request = GPUAdapter.prototype.requestDevice
  GPUAdapter.prototype.requestDevice = async function (...args) {
    const device = await request.apply(this, args)
    let lose = (_: GPUDeviceLostInfo) => {}
    const lost = new Promise<GPUDeviceLostInfo>((resolve) => {
      lose = resolve
    })
    Object.defineProperty(device, 'lost', { value: lost })
    Object.assign(globalThis, {
      devices: ((globalThis as { devices?: number }).devices ?? 0) + 1,
      loseDevice: () => {
        device.destroy()
        lose({ reason: 'unknown', message: 'the test took it' } as GPUDeviceLostInfo)
      },
    })
    return device
  }
}

export const loseDevice = ({ page }: TumblePage): Promise<void> =>
  page.evaluate(() => (globalThis as unknown as { loseDevice(): void }).loseDevice())

/** Devices that the page has asked for so far. */
export const deviceCount = ({ page }: TumblePage): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as { devices: number }).devices)
