/**
 * Counts the dispatches that a device's command encoders record, and the bytes of what they are bound to. Independent of
 * how the engine makes its dispatches: the device itself is listened to.
 */
export class CommandAccount {
  dispatches = 0
  /**
   * Sum over dispatches of the sizes of all bound buffers, each counted once. That every word bound passes the memory
   * bus once is an account, not a measurement: caches hold rows that are read again, buffers that grow with the edges have
   * room to spare, and an idle kernel (the neighbour list's, most of the time) moves nothing.
   */
  boundBytes = 0
  private counting = false
  private readonly sizes = new WeakMap<GPUBindGroup, number>()

  /** Before anything is bound on the device. */
  constructor(device: GPUDevice) {
    const bind = device.createBindGroup.bind(device)
    device.createBindGroup = (descriptor) => {
      const group = bind(descriptor)
      const bytes = Array.from(descriptor.entries, ({ resource }) => sizeOf(resource))
      this.sizes.set(
        group,
        bytes.reduce((sum, size) => sum + size, 0),
      )
      return group
    }
    const encode = device.createCommandEncoder.bind(device)
    device.createCommandEncoder = (descriptor) => {
      const encoder = encode(descriptor)
      // Only where asked for: timed steps pay nothing for being counted.
      if (this.counting) this.listen(encoder)
      return encoder
    }
  }

  /** Counts what `work` records, from zero. */
  count(work: () => void): void {
    this.dispatches = 0
    this.boundBytes = 0
    this.counting = true
    try {
      work()
    } finally {
      this.counting = false
    }
  }

  private listen(encoder: GPUCommandEncoder): void {
    const begin = encoder.beginComputePass.bind(encoder)
    encoder.beginComputePass = (descriptor) => {
      const pass = begin(descriptor)
      let bound = 0
      const set = pass.setBindGroup.bind(pass) as (index: number, group: GPUBindGroup) => undefined
      pass.setBindGroup = (index: number, group: GPUBindGroup | null | undefined) => {
        bound = (group && this.sizes.get(group)) ?? 0
        return set(index, group!)
      }
      const note = () => {
        this.dispatches++
        this.boundBytes += bound
      }
      const dispatch = pass.dispatchWorkgroups.bind(pass)
      pass.dispatchWorkgroups = (x, y, z) => {
        note()
        return dispatch(x, y, z)
      }
      const indirect = pass.dispatchWorkgroupsIndirect.bind(pass)
      pass.dispatchWorkgroupsIndirect = (buffer, offset) => {
        note()
        return indirect(buffer, offset)
      }
      return pass
    }
  }
}

function sizeOf(resource: GPUBindingResource): number {
  if (!('buffer' in resource)) return 'size' in resource ? Number(resource.size) : 0
  const { buffer, offset = 0, size = buffer.size - offset } = resource
  return size
}
