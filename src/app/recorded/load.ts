import { centerOfGeometry } from '../../chemistry/center.ts'
import type { Structure } from '../../chemistry/structure.ts'
import { readTrajectory, readXyz } from '../../formats/index.ts'

const STRUCTURE = './structures/malonaldehyde.xyz'
const TRAJECTORY = './recorded/malonaldehyde.xtc'

/** A run that was recorded elsewhere. */
export interface Recording {
  readonly structure: Structure
  /** Of each frame [atoms × 3] in Å, about its middle. */
  readonly frames: readonly Float64Array[]
}

const get = async (url: string): Promise<Response> => {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url}: the server answered ${response.status}`)
  return response
}

/** Fetches the recording that comes with the page. */
export async function loadRecording(): Promise<Recording> {
  const [text, bytes] = await Promise.all([
    get(STRUCTURE).then((response) => response.text()),
    get(TRAJECTORY).then((response) => response.arrayBuffer()),
  ])
  const structure = readXyz(text, STRUCTURE)[0]
  async function* whole() {
    yield new Uint8Array(bytes)
  }
  const frames: Float64Array[] = []
  for await (const { positions } of readTrajectory(whole(), TRAJECTORY, structure.atomicNumbers.length)) {
    const middle = centerOfGeometry({ ...structure, positions })
    frames.push(positions.map((x, i) => x - middle[i % 3]))
  }
  return { structure, frames }
}
