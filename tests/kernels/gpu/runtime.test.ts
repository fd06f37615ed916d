/** The layer under every kernel: linking, compiling, binding, dispatching, reading back. */
import { performance } from 'node:perf_hooks'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/errors.ts'
import { Gpu } from '../../../src/gpu/gpu.ts'
import { cover } from '../../../src/gpu/kernel.ts'
import { requestNodeGpu } from '../../../src/gpu/node.ts'
import { useGpu } from '../lib/device.ts'

const gpu = useGpu()

const broken = `import package::common::system::System;

@group(0) @binding(0) var<uniform> system: System;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(1)
fn main() {
  y[0] = system.atoms;
}`

const count = `
import package::common::index::flat_index;
import constants::WORKGROUP;
@group(0) @binding(0) var<storage, read_write> counts: array<u32>;
@compute @workgroup_size(WORKGROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, WORKGROUP);
  if i < arrayLength(&counts) { counts[i] += i + 1u; }
}`

describe('compiling', () => {
  test('an error names file and line', async () => {
    const kernel = gpu().kernel('tests/broken', { modules: { 'tests/broken': broken } })
    await expect(kernel).rejects.toThrow(/shaders\/tests\/broken\.wgsl:8: .*u32/)
  })

  test('an error in an imported module names that one', async () => {
    const helper = '// one line\n// another\nfn helper() -> f32 {\n  return 1u;\n}'
    const caller = `import package::tests::helper::helper;
@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(1)
fn main() { y[0] = helper(); }`
    const modules = { 'tests/helper': helper, 'tests/caller': caller }
    await expect(gpu().kernel('tests/caller', { modules })).rejects.toThrow(
      /shaders\/tests\/caller\.wgsl does not compile:\nshaders\/tests\/helper\.wgsl:4: /,
    )
  })

  test('a module that does not exist is named', async () => {
    await expect(gpu().kernel('et/nonsense')).rejects.toThrow(
      'There is no shader module shaders/et/nonsense.wgsl.',
    )
  })

  test('happens once per name and options', async () => {
    const options = { constants: { WORKGROUP: 64 } }
    const first = gpu().kernel('dynamics/advance', options)
    expect(gpu().kernel('dynamics/advance', { constants: { WORKGROUP: 64 } })).toBe(first)
    expect(gpu().kernel('dynamics/advance', { constants: { WORKGROUP: 32 } })).not.toBe(first)
    await first
  })
})

describe('binding', () => {
  const kernel = () =>
    gpu().kernel('tests/count', { constants: { WORKGROUP: 64 }, modules: { 'tests/count': count } })

  test('a missing buffer is named', async () => {
    await expect(kernel().then((k) => k.bind({}, [1, 1, 1]))).rejects.toThrow(
      "Binding 'counts' of shaders/tests/count.wgsl was not given.",
    )
  })

  test('a name the shader does not have is refused', async () => {
    const counts = gpu().buffer('counts', 16)
    await expect(kernel().then((k) => k.bind({ counts, mounts: counts }, [1, 1, 1]))).rejects.toThrow(
      "shaders/tests/count.wgsl has no binding named 'mounts'.",
    )
  })

  test('a part of a buffer can be bound', async () => {
    const buffer = gpu().buffer('counts', 1024)
    const part = { buffer, offset: 256, size: 512 }
    gpu().submit('part', [(await kernel()).bind({ counts: part }, cover(256, 64))])
    const words = new Uint32Array(await gpu().read(buffer))
    expect(Array.from(words)).toEqual(
      Array.from({ length: 256 }, (_, k) => (k >= 64 && k < 192 ? k - 63 : 0)),
    )
  })
})

describe('dispatching', () => {
  test('cover: one dimension while it suffices, then two', () => {
    expect(cover(0, 64)).toEqual([1, 1, 1])
    expect(cover(65, 64)).toEqual([2, 1, 1])
    expect(cover(65_535 * 64, 64)).toEqual([65_535, 1, 1])
    const [x, y, z] = cover(65_535 * 64 + 1, 64)
    expect([x <= 65_535, y, z]).toEqual([true, 2, 1])
    expect(x * y).toBeGreaterThanOrEqual(65_536)
    expect(cover(1e9, 64).every((n) => n <= 65_535)).toBe(true)
  })

  test('more than 65535 workgroups reach every index exactly once', async () => {
    const items = 65_535 + 4711
    const kernel = await gpu().kernel('tests/count', {
      constants: { WORKGROUP: 1 },
      modules: { 'tests/count': count },
    })
    const counts = gpu().buffer('counts', items * 4)
    const workgroups = cover(items, 1)
    expect(workgroups[1]).toBe(2)
    gpu().submit('count', [kernel.bind({ counts }, workgroups)])
    const words = new Uint32Array(await gpu().read(counts)).subarray(0, items)
    expect(words.every((word, i) => word === i + 1)).toBe(true)
  })

  test('calls of one submission see what earlier ones wrote', async () => {
    const kernel = await gpu().kernel('tests/count', {
      constants: { WORKGROUP: 64 },
      modules: { 'tests/count': count },
    })
    const counts = gpu().buffer('counts', 400)
    const call = kernel.bind({ counts }, cover(100, 64))
    gpu().submit('thrice', [call, call, call])
    const words = new Uint32Array(await gpu().read(counts))
    expect(words.every((word, i) => word === 3 * (i + 1))).toBe(true)
  })
})

describe('device', () => {
  test('says who it is', () => {
    expect(gpu().adapterName).not.toBe('')
    if (/swiftshader/i.test(gpu().adapterName)) expect(gpu().isSoftware).toBe(true)
  })

  test('a buffer beyond the limits is refused in one sentence', () => {
    expect(() => gpu().buffer('edges', 2 ** 45)).toThrow(InputError)
    expect(() => gpu().buffer('edges', 2 ** 45)).toThrow(/a buffer of 33554432 MiB \(edges\)/)
  })

  test('buffers are zero until written and never empty', async () => {
    const buffer = gpu().buffer('empty', 0)
    expect(buffer.size).toBe(16)
    expect(Array.from(new Uint32Array(await gpu().read(buffer)))).toEqual([0, 0, 0, 0])
  })

  test('several buffers are read at one moment', async () => {
    const [a, b] = [Uint32Array.of(1, 2, 3, 4), Uint32Array.of(5, 6, 7, 8)]
    const read = await gpu().readAll([gpu().bufferFrom('a', a), gpu().bufferFrom('b', b)])
    expect(read.map((bytes) => Array.from(new Uint32Array(bytes)))).toEqual([[...a], [...b]])
  })

  test('without WebGPU the request says what to use', async () => {
    await expect(Gpu.request(undefined)).rejects.toThrow(InputError)
    await expect(Gpu.request(undefined)).rejects.toThrow(/This browser has no WebGPU/)
  })

  test('without an adapter it says what to check', async () => {
    const none = { requestAdapter: async () => null } as unknown as GPU
    await expect(Gpu.request(none)).rejects.toThrow(/no graphics adapter/)
  })

  test('its loss is announced', async () => {
    const other = await requestNodeGpu()
    other.destroy()
    expect(await other.lost).toMatchObject({ reason: 'destroyed' })
  })
})

describe('waiting for a software adapter', () => {
  test('leaves it the processor', async () => {
    // On a GPU it is the other way round: nothing is to come late, and a core is to spare.
    if (!gpu().isSoftware) return
    const kernel = await gpu().kernel('tests/count', {
      constants: { WORKGROUP: 64 },
      modules: { 'tests/count': count },
    })
    const counts = gpu().buffer('counts', 2 ** 20)
    const dispatch = kernel.bind({ counts }, cover(2 ** 18, 64))
    gpu().submit('compile', [dispatch])
    await gpu().read(counts)
    gpu().submit(
      'long',
      Array.from({ length: 50 }, () => dispatch),
    )
    const before = performance.eventLoopUtilization()
    await gpu().read(counts)
    const { active, idle, utilization } = performance.eventLoopUtilization(before)
    counts.destroy()
    // ms: long enough to tell.
    expect(active + idle).toBeGreaterThan(20)
    // 1 where Dawn's binding asks without pause.
    expect(utilization).toBeLessThan(0.7)
  })

  test('changes nothing for others', async () => {
    const words: string[] = []
    await promisify(setImmediate)()
    const cancelled = setImmediate((word: string) => words.push(word), 'cancelled')
    clearImmediate(cancelled)
    await new Promise<void>((resolve) => {
      setImmediate((word: string) => resolve(void words.push(word)), 'given')
    })
    expect(words).toEqual(['given'])
  })
})
