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

/** The barostat that the controls ask for: only where the cell repeats, beside a thermostat, and where no atom is held fast. */
export function barostatWanted(): Barostat {
  const { barostatOn, thermostatOn, periodic, held } = state
  if (!barostatOn.value || !thermostatOn.value || !periodic.value || held.value.size > 0)
    return { kind: 'none' }
  return { kind: 'isotropic', pressure: state.pressure.value }
}

/** Thermostat and barostat at once; neither order alone would do, because a barostat needs a thermostat beside it. */
export function setEnsemble(simulation: Simulation): void {
  const [thermostat, barostat] = [thermostatWanted(), barostatWanted()]
  if (barostat.kind === 'none') simulation.setBarostat(barostat)
  simulation.setThermostat(thermostat)
  if (barostat.kind !== 'none') simulation.setBarostat(barostat)
}
