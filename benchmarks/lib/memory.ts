/** Counts the bytes of all buffers of a device, and what is copied back from it. */
export class BufferAccount {
  private live = new Map<GPUBuffer, { readonly label: string; readonly size: number }>()
  /** Bytes copied to buffers that the CPU may map. */
  readBack = 0
  submissions = 0

  constructor(device: GPUDevice) {
    const create = device.createBuffer.bind(device)
    device.createBuffer = (descriptor) => {
      const buffer = create(descriptor)
      const { label = '', size, usage } = descriptor
      if (usage & GPUBufferUsage.MAP_READ) this.readBack += size
      else this.live.set(buffer, { label, size })
      const destroy = buffer.destroy.bind(buffer)
      buffer.destroy = () => {
        this.live.delete(buffer)
        return destroy()
      }
      return buffer
    }
    const submit = device.queue.submit.bind(device.queue)
    device.queue.submit = (commands) => {
      this.submissions++
      return submit(commands)
    }
  }

  /** Bytes alive now. */
  get bytes(): number {
    return [...this.live.values()].reduce((sum, { size }) => sum + size, 0)
  }

  /** The largest kinds of buffers, by label. */
  largest(count: number): { label: string; bytes: number }[] {
    const byLabel = new Map<string, number>()
    for (const { label, size } of this.live.values()) byLabel.set(label, (byLabel.get(label) ?? 0) + size)
    return [...byLabel]
      .map(([label, bytes]) => ({ label, bytes }))
      .sort((a, b) => b.bytes - a.bytes)
      .slice(0, count)
  }
}
