import type { Signal } from '@preact/signals'
import { messageOf } from '../errors.ts'
import { ARROWS, type ArrowName } from '../viewer/arrows.ts'
import { type Address, type ChoiceName, readAddress } from './address.ts'
import { fetchFile } from './fetch-file.ts'
import { openFiles } from './files.ts'
import type { Cast } from './session.ts'
import * as state from './state.ts'
import { theme } from './theme.ts'

/** What this page was opened with. */
export const address: Address = readAddress(new URL(location.href))

const numbersOf = {
  temperature: state.temperature,
  friction: state.friction,
  relaxation: state.relaxation,
  pressure: state.pressure,
  timestep: state.timestep,
} as const

const put =
  <T extends string>(signal: Signal<T>) =>
  (word: string) => {
    signal.value = word as T
  }
const switchOf = (signal: Signal<boolean>) => (word: string) => {
  signal.value = word === 'on'
}

/** What each word of the address, checked already, sets. */
const choose: Readonly<Record<ChoiceName, (word: string) => void>> = {
  style: put(state.style),
  coloring: put(state.coloring),
  projection: put(state.projection),
  theme: put(theme),
  speed: put(state.speed),
  outline: switchOf(state.outline),
  turntable: switchOf(state.turntable),
  placement: put(state.placement),
  images: switchOf(state.images),
  barostat: switchOf(state.barostatOn),
  arrows: (word) => {
    const names = Object.keys(ARROWS) as ArrowName[]
    state.arrows.value = new Set(names.filter((name) => word === name || word === 'both'))
  },
  thermostat: (word) => {
    state.thermostatOn.value = word !== 'off'
    if (word !== 'off') put(state.thermostatKind)(word)
  },
}

/** Sets what the address asks for, and says what in it means nothing. */
export function applyAddress({ numbers, words, attention, complaints }: Address = address): void {
  for (const [name, value] of numbers) numbersOf[name].value = value
  for (const [name, word] of words) choose[name](word)
  if (attention) {
    state.attentionOn.value = true
    state.attentionHead.value = attention
  }
  for (const text of complaints) state.notify('error', text)
}

/**
 * Fetches files one after the other; failures are told and leave their file out.
 * @param fetchOne how, and with what to say meanwhile
 */
export async function gather(
  urls: readonly URL[],
  fetchOne: (url: URL) => Promise<File>,
): Promise<readonly File[]> {
  const files: File[] = []
  for (const url of urls) {
    try {
      files.push(await fetchOne(url))
    } catch (error) {
      state.notify('error', messageOf(error))
    }
  }
  return files
}

/**
 * Who plays, where the address names files of this host; null where it names none, or none that will do.
 * @param defaults what to take where only the atoms or only the force field are named
 */
export async function castOfAddress(defaults: { structure: string; model: string }): Promise<Cast | null> {
  if (address.own.length === 0) return null
  const opened = await openFiles(await gather(address.own, fetchFile), null, undefined, address.stated)
  const { structure, trajectory, field, question, complaints, remarks } = opened
  for (const text of complaints) state.notify('error', text)
  for (const text of remarks) state.notify('info', text)
  // The page begins with what it always has, and asks.
  if (question) state.askFor({ ...opened, question, complaints: [], remarks: [] })
  if (question || (!structure && !field)) return null
  const missing = new URL(structure ? defaults.model : defaults.structure, location.href)
  const rest = structure && field ? null : await openFiles([await fetchFile(missing)])
  const [atoms, weights] = [structure ?? rest?.structure, field ?? rest?.field]
  const showing = trajectory && { trajectory, at: 0 }
  return atoms && weights ? { structure: atoms, field: weights, saved: null, showing } : null
}
