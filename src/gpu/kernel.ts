import { type LinkedShader, linkShader, type ShaderOptions } from './shaders.ts'

/** A buffer, or a part of one (offsets in bytes, multiples of 256). */
export type Resource = GPUBuffer | GPUBufferBinding

export type Workgroups = readonly [x: number, y: number, z: number]

/** One recorded call of a kernel: a step of the simulation is a readable list of these. */
export interface Dispatch {
  readonly label: string
  readonly pipeline: GPUComputePipeline
  readonly bindGroup: GPUBindGroup
  readonly workgroups: Workgroups
}

export interface KernelOptions extends ShaderOptions {
  readonly entryPoint?: string
}

interface Binding {
  readonly name: string
  readonly index: number
  readonly type: GPUBufferBindingType
}

const declaration =
  /@group\(\s*0\s*\)\s*@binding\(\s*(\d+)\s*\)\s*var<\s*(uniform|storage)\s*(?:,\s*(read_write|read))?\s*>\s*(\w+)/g

/** The bindings a linked shader declares, read from its text so that no index is kept in two places. */
export function bindingsOf(code: string): Binding[] {
  return Array.from(code.matchAll(declaration), ([, index, space, access, name]) => ({
    name: name!,
    index: Number(index),
    type: space === 'uniform' ? 'uniform' : access === 'read_write' ? 'storage' : 'read-only-storage',
  }))
}

/** Largest count of workgroups WebGPU guarantees along one dimension. */
const WORKGROUPS_PER_DIMENSION = 65_535

/**
 * Lanes of one workgroup that goes over all atoms: idle ones cost a small system more than busy ones save.
 * @param most a power of two; less than 256 where a lane needs much workgroup memory
 */
export const lanesFor = (atoms: number, most = 256): number => (atoms <= 256 ? 32 : most)

/**
 * Workgroups that cover `invocations` threads of `size` each, spread over two dimensions where one is too
 * short. Kernels recover the flat index with `flat_index` of shaders/common/index.wgsl and check its range.
 */
export function cover(invocations: number, size: number): Workgroups {
  const groups = Math.max(1, Math.ceil(invocations / size))
  if (groups <= WORKGROUPS_PER_DIMENSION) return [groups, 1, 1]
  const y = Math.ceil(groups / WORKGROUPS_PER_DIMENSION)
  return [Math.ceil(groups / y), y, 1]
}

/** A compiled compute shader whose bindings are set by the names they have in WGSL. */
export class Kernel {
  private constructor(
    readonly name: string,
    private readonly device: GPUDevice,
    private readonly pipeline: GPUComputePipeline,
    private readonly layout: GPUBindGroupLayout,
    private readonly bindings: readonly Binding[],
  ) {}

  /**
   * Links and compiles `shaders/<name>.wgsl`.
   * @throws Error with file and line of every compiler message.
   */
  static async create(device: GPUDevice, name: string, options: KernelOptions): Promise<Kernel> {
    const shader = await linkShader(name, options)
    device.pushErrorScope('validation')
    const module = device.createShaderModule({ label: name, code: shader.code })
    const bindings = bindingsOf(shader.code)
    const layout = device.createBindGroupLayout({
      label: name,
      entries: bindings.map(({ index, type }) => ({
        binding: index,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type },
      })),
    })
    const scope = device.popErrorScope()
    const complaints = await compilerMessages(module, shader)
    if (complaints) throw new Error(`shaders/${name}.wgsl does not compile:\n${complaints}`)
    const invalid = await scope
    if (invalid) throw new Error(`shaders/${name}.wgsl does not compile: ${invalid.message}`)
    const pipeline = await device.createComputePipelineAsync({
      label: name,
      layout: device.createPipelineLayout({ label: name, bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: options.entryPoint ?? 'main' },
    })
    return new Kernel(name, device, pipeline, layout, bindings)
  }

  /**
   * @throws Error naming the binding that is missing or that the shader does not have.
   */
  bind(resources: Readonly<Record<string, Resource>>, workgroups: Workgroups, label = this.name): Dispatch {
    for (const name of Object.keys(resources)) {
      if (!this.bindings.some((binding) => binding.name === name))
        throw new Error(`shaders/${this.name}.wgsl has no binding named '${name}'.`)
    }
    const entries = this.bindings.map(({ name, index }) => {
      const resource = resources[name]
      if (!resource) throw new Error(`Binding '${name}' of shaders/${this.name}.wgsl was not given.`)
      return { binding: index, resource: 'buffer' in resource ? resource : { buffer: resource } }
    })
    const bindGroup = this.device.createBindGroup({ label, layout: this.layout, entries })
    return { label, pipeline: this.pipeline, bindGroup, workgroups }
  }
}

/** Appends recorded calls to a pass. WebGPU orders them: each sees what the ones before it wrote. */
export function encodeDispatches(pass: GPUComputePassEncoder, dispatches: readonly Dispatch[]): void {
  for (const { pipeline, bindGroup, workgroups } of dispatches) {
    pass.setPipeline(pipeline)
    pass.setBindGroup(0, bindGroup)
    pass.dispatchWorkgroups(...workgroups)
  }
}

async function compilerMessages(module: GPUShaderModule, shader: LinkedShader): Promise<string> {
  const { messages } = await module.getCompilationInfo()
  return messages
    .filter((message) => message.type === 'error')
    .map((message) => {
      const { file, line } = shader.locate(message.offset)
      return `${file}:${line}: ${message.message}`
    })
    .join('\n')
}
