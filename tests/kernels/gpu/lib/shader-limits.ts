/** Linked shaders against what a reflection library reads from them, and against what every adapter can do. */
import { expect } from 'vitest'
import { type VariableInfo, WgslReflect } from 'wgsl_reflect/wgsl_reflect.module.js'
import { bindingsOf } from '../../../../src/gpu/kernel.ts'

/** Limits that every WebGPU adapter has. */
export const LIMITS = { storageBuffers: 8, workgroupBytes: 16 * 1024, invocations: 256 }

/** The library takes these words for keywords wherever they stand; in WGSL they are names like any other. */
export const reflect = (code: string) =>
  new WgslReflect(code.replace(/(?<!<)\b(workgroup|block)\b/g, 'the_$1'))

const bytesOf: Readonly<Record<string, number>> = {
  ...{ f32: 4, u32: 4, i32: 4, 'atomic<u32>': 4 },
  ...{ vec2f: 8, vec3f: 16, vec4f: 16 },
}

/** Bytes of workgroup memory, which the reflection does not tell. */
function workgroupBytes(
  code: string,
  reflected: WgslReflect,
  constants: Readonly<Record<string, number>>,
): number {
  const known = (word: string) => code.match(`const ${word} = (\\d+)`)?.[1] ?? constants[word]
  const product = (words: string) =>
    words
      .split('*')
      .map((word) => word.trim())
      .reduce((sum, word) => sum * (Number.parseInt(word, 10) || Number(known(word))), 1)
  let sum = 0
  for (const [, type] of code.matchAll(/var<workgroup>\s*\w+\s*:\s*([^;]+);/g)) {
    const array = /^array<\s*([\w<>]+)\s*,\s*([^<>]+)>$/.exec(type.trim())
    const kind = array ? array[1] : type.trim()
    const element = bytesOf[kind] ?? reflected.structs.find((struct) => struct.name === kind)?.size
    const count = array ? product(array[2]) : 1
    if (!element || !count) throw new Error(`cannot tell the size of workgroup memory of type ${type}`)
    sum += element * count
  }
  return sum
}

/**
 * Checks bindings, limits and the compiler of Chromium and Node; Firefox's is tested in the browser.
 * @param code linked, with one entry point
 * @param constants that it was linked with
 */
export async function expectWithinLimits(
  device: GPUDevice,
  code: string,
  constants: Readonly<Record<string, number>>,
): Promise<void> {
  const reflected = reflect(code)
  const [entry, ...others] = reflected.entry.compute
  expect(entry.name).toBe('main')
  expect(others).toEqual([])

  // Every declared binding, by name, index and type, as the kernel layer finds it in the text.
  const type = ({ resourceType, access }: VariableInfo) =>
    resourceType === 0 ? 'uniform' : access === 'read_write' ? 'storage' : 'read-only-storage'
  const declared = [...reflected.uniforms, ...reflected.storage]
  const byIndex = (a: { index: number }, b: { index: number }) => a.index - b.index
  expect(bindingsOf(code).sort(byIndex)).toEqual(
    declared
      .map((variable) => ({ name: variable.name, index: variable.binding, type: type(variable) }))
      .sort(byIndex),
  )
  expect(declared.every(({ group }) => group === 0)).toBe(true)
  expect(new Set(declared.map(({ binding }) => binding)).size).toBe(declared.length)
  // A binding that no code reads is a mistake.
  expect(entry.resources.map((resource) => resource.name).sort()).toEqual(
    declared.map((variable) => variable.name).sort(),
  )

  expect(reflected.storage.length).toBeLessThanOrEqual(LIMITS.storageBuffers)
  expect(workgroupBytes(code, reflected, constants)).toBeLessThanOrEqual(LIMITS.workgroupBytes)
  const size = code.match(/@workgroup_size\(\s*(\w+)\s*\)/)?.[1] ?? ''
  const invocations = Number.parseInt(size, 10) || constants[size]
  expect(invocations).toBeLessThanOrEqual(LIMITS.invocations)

  const module = device.createShaderModule({ code })
  const { messages } = await module.getCompilationInfo()
  expect(messages.filter((message) => message.type === 'error').map((message) => message.message)).toEqual([])
}
