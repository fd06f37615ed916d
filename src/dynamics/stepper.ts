import type { Gpu } from '../gpu/gpu.ts'
import type { Dispatch } from '../gpu/kernel.ts'
import { STATUS_FIELDS } from '../neighbors/status.ts'
import { Batches } from './batches.ts'
import type { ForceSystem } from './force-system.ts'
import type { Integrator } from './integrator.ts'
import { readObservables } from './observables.ts'
import { Watchers } from './watchers.ts'

/** Word of `status` that holds each field. */
const word = (name: (typeof STATUS_FIELDS)[number]): number => STATUS_FIELDS.indexOf(name)

/** What happens after some steps, as part of them. */
export interface StepPart {
  /** What follows the kicks and drifts of the step of that number. */
  after(step: number): readonly Dispatch[]
  /** Ties it to the status of a neighbour list. */
  bind(status: GPUBuffer): void
}

const NOTHING: StepPart = { after: () => [], bind() {} }

/**
 * Takes steps on the GPU, many in one submission, and keeps the account of those that are asked for. Where the neighbour
 * list outgrows its buffers they wait for larger ones; none is lost, and none is taken twice.
 */
export class Stepper {
  readonly watchers = new Watchers()
  /** Steps asked for since the start; the GPU may not have got there yet. */
  private requested = 0
  /** Set while the neighbour list grows or the state is another's; steps asked for meanwhile wait for it. */
  private pause: Promise<unknown> | null = null
  private ended = false
  /** How often the account of steps has begun anew. */
  private starts = 0
  private readonly batches: Batches

  /** @param part of some steps, before a global thermostat acts and before anybody watches */
  constructor(
    private readonly gpu: Gpu,
    private readonly system: ForceSystem,
    private readonly integrator: Integrator,
    private readonly part: StepPart = NOTHING,
  ) {
    this.batches = new Batches(gpu)
    this.bind()
  }

  get asked(): number {
    return this.requested
  }

  /** What every step is made of, in order. */
  get dispatches(): readonly Dispatch[] {
    return [this.integrator.advance, ...this.system.dispatches, ...this.integrator.after()]
  }

  /** No fault, no overflow, the candidate list to be made anew, so many steps done, and the forces of the moment. */
  begin(step: number): void {
    const status = new Uint32Array(STATUS_FIELDS.length)
    status[word('step')] = step
    status[word('stale')] = 1
    this.gpu.upload(this.system.status, status)
    this.requested = step
    this.starts++
    this.gpu.submit('forces', this.system.dispatches)
  }

  /** Nothing moves from the next step on. @param fault as Status in shaders/neighbors/status.wgsl has it */
  stop(fault: number): void {
    this.gpu.upload(this.system.status, Uint32Array.of(fault), 4 * word('fault'))
  }

  /** Steps completed. */
  stepOf(status: Uint32Array): number {
    return status[word('step')]
  }

  advance(count: number): void {
    if (!this.pause) this.submit('steps', this.requested, count)
    this.requested += count
  }

  /**
   * Bytes of the observables after the last step asked for, and of other buffers at the same moment.
   * @param alongside is called each time when they have just been submitted, the last time for those that count
   */
  async observe(
    also: readonly GPUBuffer[] = [],
    alongside: () => void = () => {},
  ): Promise<readonly ArrayBuffer[]> {
    for (;;) {
      // What has waited for one pause may find the next.
      while (this.pause) await this.pause
      const requested = this.requested
      this.gpu.submit('observe', [this.integrator.observe])
      alongside()
      const contents = await this.gpu.readAll([this.integrator.observables, ...also])
      const { step, overflow, fault } = readObservables(contents[0])
      if (overflow[0] > 0 && !this.ended) {
        // Whoever waits for it hears of a failure.
        if (!this.pause) this.hold(this.grow()).catch(() => {})
        continue
      }
      // Steps that were asked for while the list was full have not been taken yet.
      if (step[0] < requested && fault[0] === 0 && requested === this.requested) {
        this.submit('steps that waited', step[0], requested - step[0])
        continue
      }
      return contents
    }
  }

  /**
   * Takes `steps` steps and reports every `every`; ends early after a report with a fault. Submissions are sized by the
   * time they take, two are in flight at most.
   */
  async *run<R extends { readonly fault: string | null }>(
    { steps, every }: { steps: number; every: number },
    observe: () => Promise<R>,
  ): AsyncGenerator<R, void, void> {
    for (let done = 0; done < steps; ) {
      const count = Math.min(every, steps - done)
      await this.batches.take(count, (batch) => this.advance(batch))
      done += count
      const report = await observe()
      yield report
      if (report.fault) return
    }
  }

  /**
   * Goes on from another state. Whoever observes meanwhile waits: what lies between the former step and that of the new
   * state are no steps that got lost.
   * @param load gives the state buffers their contents
   * @returns the step they are of
   */
  async goBack(load: () => void): Promise<number> {
    while (this.pause) await this.pause
    return this.hold(this.land(load))
  }

  private async land(load: () => void): Promise<number> {
    const { requested: asked, starts } = this
    load()
    const step = this.stepOf(new Uint32Array(await this.gpu.read(this.system.status)))
    // Whoever has begun anew meanwhile does not want to be here any more.
    if (this.ended || this.starts !== starts) return this.requested
    const meanwhile = this.requested - asked
    this.begin(step)
    if (meanwhile > 0) this.submit('steps', step, meanwhile)
    this.requested += meanwhile
    return step
  }

  private async hold<T>(work: Promise<T>): Promise<T> {
    this.pause = work
    try {
      return await work
    } finally {
      this.pause = null
    }
  }

  destroy(): void {
    this.ended = true
  }

  private bind(): void {
    const { status } = this.system
    this.integrator.bind(status)
    this.part.bind(status)
    this.watchers.bind(status)
  }

  /** What comes after the forces of the step of that number. */
  private afterForces(step: number): readonly Dispatch[] {
    return [...this.integrator.after(this.part.after(step)), ...this.watchers.after(step)]
  }

  /** Steps number `done + 1` to `done + count`. */
  private submit(label: string, done: number, count: number): void {
    const moves = [this.integrator.advance, ...this.system.dispatches]
    const steps = Array.from({ length: count }, (_, k) => [...moves, ...this.afterForces(done + k + 1)])
    this.gpu.submit(label, steps.flat())
  }

  /** Makes room for more pairs and finishes the step that found too little. */
  private async grow(): Promise<void> {
    await this.system.grow()
    this.bind()
    // The list is first needed after `advance`, and the very first one before any step.
    const step = this.stepOf(new Uint32Array(await this.gpu.read(this.system.status)))
    const rest = step < this.requested ? this.afterForces(step + 1) : []
    this.gpu.submit('finish step', [...this.system.dispatches, ...rest])
  }
}
