/** One table of what a user may set: it drives the controls, their limits and their words. */
export interface Setting {
  readonly label: string
  readonly unit: string
  readonly min: number
  readonly max: number
  readonly step: number
  readonly initial: number
  /** One line for people who have not met it. */
  readonly help: string
}

export const settings = {
  temperature: {
    label: 'Temperature',
    unit: 'K',
    min: 0,
    max: 1500,
    step: 10,
    initial: 300,
    help: 'What the thermostat aims at.',
  },
  friction: {
    label: 'Friction',
    unit: '1/ps',
    min: 0.1,
    max: 50,
    step: 0.1,
    initial: 5,
    help: 'How strongly the heat bath holds on to the atoms.',
  },
  relaxation: {
    label: 'Relaxation',
    unit: 'fs',
    min: 20,
    max: 2000,
    step: 10,
    initial: 100,
    help: 'In what time the thermostat brings the temperature back.',
  },
  pressure: {
    label: 'Pressure',
    unit: 'bar',
    min: -2000,
    max: 20000,
    step: 100,
    initial: 0,
    help: 'What the barostat aims at; 1 bar is next to nothing at the scale of atoms.',
  },
  timestep: {
    label: 'Timestep',
    unit: 'fs',
    min: 0.1,
    max: 2,
    step: 0.05,
    initial: 0.5,
    help: 'Hydrogen needs 0.5 to 1 fs; too long a step makes the run blow up.',
  },
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
