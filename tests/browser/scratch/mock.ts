import { centerOfGeometry } from '../../../src/chemistry/center.ts'
import type { Structure } from '../../../src/chemistry/structure.ts'
import type { LiveSimulation, Report, Thermostat } from '../../../src/dynamics/types.ts'
import type { Gpu } from '../../../src/gpu/gpu.ts'

const code = `
@group(0) @binding(0) var<storage, read_write> p: array<vec4f>;
@group(0) @binding(1) var<storage, read> rest: array<vec4f>;
@group(0) @binding(2) var<storage, read> t: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  if id.x >= arrayLength(&p) { return; }
  let ph = f32(id.x) * 2.4;
  p[id.x] = vec4f(rest[id.x].xyz + 0.05 * vec3f(sin(t[0] * 3.0 + ph), cos(t[0] * 2.3 + ph * 1.7), sin(t[0] * 1.9 + ph * 0.6)), 0.0);
}`
export function mock(gpu: Gpu, s: Structure): LiveSimulation {
  const n = s.atomicNumbers.length
  const origin = centerOfGeometry(s)
  const rest = new Float32Array(4 * n)
  for (let i = 0; i < n; i++) for (let k = 0; k < 3; k++) rest[4 * i + k] = s.positions[3 * i + k] - origin[k]
  const positionBuffer = gpu.bufferFrom('pos', rest),
    restBuffer = gpu.bufferFrom('rest', rest)
  const tb = gpu.buffer('t', 16)
  const device = gpu.device
  const pipeline = device.createComputePipeline({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code }) },
  })
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [positionBuffer, restBuffer, tb].map((buffer, binding) => ({ binding, resource: { buffer } })),
  })
  let step = 0
  let thermostat: Thermostat = { kind: 'langevin', temperature: 300, friction: 1 }
  let timestep = 0.5
  return {
    atoms: n,
    positionBuffer,
    velocityBuffer: restBuffer,
    forceBuffer: restBuffer,
    origin,
    get timestep() {
      return timestep
    },
    get thermostat() {
      return thermostat
    },
    setTimestep(x) {
      timestep = x
    },
    setThermostat(x) {
      thermostat = x
    },
    advance(count) {
      step += count
      gpu.upload(tb, new Float32Array([step * 0.05]))
      const e = device.createCommandEncoder()
      const pass = e.beginComputePass()
      pass.setPipeline(pipeline)
      pass.setBindGroup(0, group)
      pass.dispatchWorkgroups(Math.ceil(n / 64))
      pass.end()
      device.queue.submit([e.finish()])
    },
    async observe(): Promise<Report> {
      const s0 = step
      await device.queue.onSubmittedWorkDone()
      const ke = 0.3 + 0.05 * Math.sin(s0 / 30),
        pe = -1000 + 0.3 - ke
      return {
        step: s0,
        time: s0 * timestep,
        potentialEnergy: pe,
        kineticEnergy: ke,
        totalEnergy: pe + ke,
        temperature: 300 + 40 * Math.sin(s0 / 20),
        pairs: 0,
        fault: null,
      }
    },
    async snapshot() {
      throw new Error('mock')
    },
    reset() {
      step = 0
    },
    destroy() {
      positionBuffer.destroy()
    },
  }
}
