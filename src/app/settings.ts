import { type Condition, conditions } from '../dynamics/conditions.ts'

/** What a user may set on the page: a condition of the run, between limits that suit a slider. */
export interface Setting extends Condition {
  readonly min: number
  readonly max: number
  readonly step: number
  readonly initial: number
}

const { temperature, friction, relaxation, pressure, timestep } = conditions

export const settings = {
  temperature: { ...temperature, min: 0, max: 1500, step: 10, initial: temperature.standard },
  // What is dropped on the page has mostly not been relaxed: its heat must get away while one watches.
  friction: { ...friction, min: 0.1, max: 50, step: 0.1, initial: 5 },
  relaxation: { ...relaxation, min: 20, max: 2000, step: 10, initial: relaxation.standard },
  pressure: { ...pressure, min: -2000, max: 20000, step: 100, initial: pressure.standard },
  timestep: { ...timestep, min: 0.1, max: 2, step: 0.05, initial: timestep.standard },
} as const satisfies Record<string, Setting>

export type SettingName = keyof typeof settings

/** The nearest value a setting allows. */
export const clampSetting = (name: SettingName, value: number): number => {
  const { min, max, initial } = settings[name]
  return Number.isFinite(value) ? Math.min(max, Math.max(min, value)) : initial
}

/** Light or dark, as the user has chosen, or as the system has it. */
export const themes = ['system', 'dark', 'light'] as const
export type Theme = (typeof themes)[number]

/** How much of the molecule's time may pass in a second: all that the device can do, or so many fs. */
export const speeds = ['full', '200', '50', '10'] as const
export type Speed = (typeof speeds)[number]
