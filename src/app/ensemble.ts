import type { Simulation } from '../dynamics/simulation.ts'
import type { Barostat, Thermostat } from '../dynamics/types.ts'
import * as state from './state.ts'

/** The thermostat that the controls ask for. */
export function thermostatWanted(): Thermostat {
  const [temperature, relaxation] = [state.temperature.value, state.relaxation.value]
  const kind = state.thermostatOn.value ? state.thermostatKind.value : 'none'
  switch (kind) {
    case 'none':
      return { kind }
    case 'langevin':
      return { kind, temperature, friction: state.friction.value }
    case 'bussi':
      return { kind, temperature, relaxation }
    case 'nose-hoover':
      // The chain's masses vanish at 0 K.
      return { kind, temperature: Math.max(1, temperature), relaxation }
  }
}

/** The barostat that the controls ask for: only beside a thermostat, and only where the cell repeats. */
export function barostatWanted(): Barostat {
  if (!state.barostatOn.value || !state.thermostatOn.value || !state.periodic.value) return { kind: 'none' }
  return { kind: 'isotropic', pressure: state.pressure.value }
}

/** Thermostat and barostat at once; neither order alone would do, because a barostat needs a thermostat beside it. */
export function setEnsemble(simulation: Simulation): void {
  const [thermostat, barostat] = [thermostatWanted(), barostatWanted()]
  if (barostat.kind === 'none') simulation.setBarostat(barostat)
  simulation.setThermostat(thermostat)
  if (barostat.kind !== 'none') simulation.setBarostat(barostat)
}
