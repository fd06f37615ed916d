/** Listens to what the browser's shader compiler says of every module the engine makes. */
import type { Compiled } from './api.ts'

const pending: Promise<void>[] = []
const modules = new Set<string>()
const messages: string[] = []
const features = new Set<string>()

/** Before the first device is made. */
export function listenToCompiler(): void {
  const create = GPUDevice.prototype.createShaderModule
  GPUDevice.prototype.createShaderModule = function (descriptor) {
    for (const feature of this.features) features.add(feature)
    const module = create.call(this, descriptor)
    const name = descriptor.label ?? 'a module without a name'
    modules.add(name)
    pending.push(
      module.getCompilationInfo().then((info) => {
        for (const { type, message } of info.messages) messages.push(`${name}: ${type}: ${message}`)
      }),
    )
    return module
  }
}

export async function compiled(): Promise<Compiled> {
  await Promise.all(pending)
  return { modules: [...modules], messages, features: [...features] }
}
