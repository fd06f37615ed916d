/** Every model on every system that is asked for and can be afforded. */
import { messageOf } from '../src/errors.ts'
import type { BenchOptions } from './arguments.ts'
import { measureCeilings } from './ceilings.ts'
import type { Host } from './host.ts'
import { Forecast } from './lib/forecast.ts'
import { estimatePairs } from './lib/pairs.ts'
import { measureCase } from './measure.ts'
import { loadModel } from './models.ts'
import { isMeasured, type Measured, type NotRun, type Results, type VariantResults } from './results.ts'
import { SYSTEMS } from './systems.ts'
import { duration, rate } from './tables.ts'
import { compareVariants } from './variants.ts'

/** s that a case may cost where nothing else was said. A GPU needs no such care, and is not let off a case. */
const SECONDS = { software: 120, gpu: 600 }
/** s that the repeats of a case may take beyond the two that are always taken. */
const REPEATS = 10

/** Atoms of the systems that ways to carry out a step are compared on. */
const VARIED = [9, 99, 999]

/** Results without any case: where the suite would run. */
export async function describeHost(host: Host, command: string): Promise<Results> {
  const gpu = await host.requestGpu()
  const { adapterName: adapter, isSoftware } = gpu
  gpu.destroy()
  const { name, machine } = host
  const date = new Date().toISOString()
  return { command, date, host: name, machine, adapter, isSoftware, ceilings: null, cases: [] }
}

/** @param told hears of every result as it comes */
export async function runSuite(
  host: Host,
  options: BenchOptions,
  command: string,
  told: (result: Measured | NotRun) => void = () => {},
): Promise<Results> {
  const gpu = await host.requestGpu()
  const { adapterName: adapter, isSoftware } = gpu
  const seconds = options.seconds ?? (isSoftware ? SECONDS.software : SECONDS.gpu)
  const ceilings = await measureCeilings(gpu, Math.min(2, seconds / 50))
  gpu.destroy()
  host.say(
    `${adapter}: ${rate(ceilings.flopsPerSecond, 'FLOP/s')} (${ceilings.product}), ${rate(ceilings.bytesPerSecond, 'B/s')} (${ceilings.copy})`,
  )
  const forecast = new Forecast(ceilings.flopsPerSecond)
  const cases: (Measured | NotRun)[] = []
  const variants: VariantResults[] = []
  for (const name of options.models) {
    const model = await loadModel(host, name)
    for (const system of SYSTEMS) {
      if (system.atoms > options.atoms || !(system.models ?? options.models).includes(name)) continue
      const structure = await system.make(host)
      const { useful } = model.flops(system.atoms, estimatePairs(structure, model.cutoff))
      const { name: title, atoms, periodic } = system
      const notRun = (why: string): NotRun => ({ model: name, system: title, atoms, periodic, notRun: why })
      const refusal = forecast.refusal(name, useful, seconds)
      const result = refusal
        ? notRun(refusal)
        : await measureCase(
            host,
            model,
            system,
            structure,
            ceilings,
            Math.min(REPEATS, seconds),
            options.profile,
          ).catch(
            // A system too large for the adapter is a result, too.
            (error) => notRun(`did not run: ${messageOf(error)}`),
          )
      if (isMeasured(result)) forecast.learn(name, result.flops.useful, result.secondsPerStep.quickest)
      cases.push(result)
      told(result)
      host.say(
        `${name}, ${title}, ${atoms} atoms: ${isMeasured(result) ? `${duration(result.secondsPerStep.quickest)} per step` : result.notRun}`,
      )
    }
    if (options.variants)
      for (const system of SYSTEMS.filter(({ periodic, atoms }) => !periodic && VARIED.includes(atoms)))
        if (system.atoms <= options.atoms)
          variants.push(
            await compareVariants(host, model, await system.make(host), Math.min(REPEATS, seconds)),
          )
  }
  return {
    command,
    date: new Date().toISOString(),
    host: host.name,
    machine: host.machine,
    adapter,
    isSoftware,
    ceilings,
    cases,
    ...(options.variants && { variants }),
  }
}
