/** Time (ps there, fs here) and step of a title as GROMACS writes it: entries `time_fs` and `step` of an info. */
export const titleInfo = (line: string): Map<string, string> => {
  const info = new Map<string, string>()
  const time = /\bt=\s*(-?[\d.]+(?:e[+-]?\d+)?)/i.exec(line)
  const step = /\bstep=\s*(\d+)/.exec(line)
  if (step) info.set('step', step[1])
  if (time && Number.isFinite(Number(time[1]))) info.set('time_fs', String(1000 * Number(time[1])))
  return info
}
