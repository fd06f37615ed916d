import { useEffect, useRef, useState } from 'preact/hooks'
import { InputError, messageOf } from '../../errors.ts'
import { acceptedEndings } from '../../formats/index.ts'
import { onKey } from '../keyboard.ts'
import { castOfAddress } from '../opening.ts'
import { trajectory } from '../playing/signals.ts'
import { type Cast, Session } from '../session.ts'
import * as state from '../state.ts'
import { AttentionLegend } from './attention.tsx'
import { Conditions } from './conditions.tsx'
import { DownloadQuestion } from './download-question.tsx'
import { DropZone } from './drop-zone.tsx'
import { Gallery } from './gallery.tsx'
import { Help } from './help.tsx'
import { insetsOf } from './insets.ts'
import { Legend, LookPanel } from './look-panel.tsx'
import { CardPanel } from './model-card.tsx'
import { Notices } from './notices.tsx'
import { Lost, StartFailed, Unsupported } from './obstacles.tsx'
import { Overlay } from './overlay.tsx'
import { Plots } from './plots.tsx'
import { SelectionPanel } from './selection-panel.tsx'
import { Status } from './status.tsx'
import { TopBar } from './top-bar.tsx'
import { TrajectoryPlots } from './trajectory-plots.tsx'
import { Transport } from './transport.tsx'

const DEFAULTS = {
  structure: './structures/ethanol.xyz',
  model: './models/et-gfn2-small.safetensors',
}

/** ms before a lost device is asked for again; when all have been waited for, the user decides. */
const PATIENCE = [0, 1000, 4000] as const
/** ms after which a device that has lasted so long is trusted again. */
const TRUSTED_AFTER = 60_000

const begin = async (canvas: HTMLCanvasElement, cast: Cast | null): Promise<Session | null> => {
  if (!navigator.gpu) {
    state.phase.value = 'unsupported'
    return null
  }
  try {
    const linked = cast ? null : await castOfAddress(DEFAULTS)
    try {
      return await Session.start(canvas, DEFAULTS, cast ?? linked)
    } catch (error) {
      // What a link names must not keep the page from starting.
      if (!linked || !(error instanceof InputError)) throw error
      const session = await Session.start(canvas, DEFAULTS)
      session.loading.complain(error)
      return session
    }
  } catch (error) {
    if (!(error instanceof InputError)) console.error(error)
    state.phaseDetail.value = messageOf(error)
    // A browser that has just lost its graphics process may need a moment.
    if (cast) {
      state.phase.value = 'lost'
      return null
    }
    // No adapter is the browser's affair, anything else ours.
    const adapter = await navigator.gpu.requestAdapter().catch(() => null)
    state.phase.value = adapter ? 'error' : 'unsupported'
    return null
  } finally {
    state.busy.value = null
  }
}

export function App() {
  const canvas = useRef<HTMLCanvasElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const [session, setSession] = useState<Session | null>(null)
  /** A lost device takes its canvas with it: each life gets a new one. */
  const [life, setLife] = useState(0)
  const cast = useRef<Cast | null>(null)
  /** Whether a lost device waits for the user. */
  const [asking, setAsking] = useState(false)

  const pickFiles = () => picker.current?.click()

  // A new life is what starts a session.
  useEffect(() => {
    let gone = false
    let started: Session | null = null
    void begin(canvas.current!, cast.current).then((session) => {
      started = session
      if (gone) session?.end()
      else setSession(session)
    })
    return () => {
      gone = true
      started?.end()
    }
  }, [life])

  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (onKey(event, session, pickFiles)) event.preventDefault()
    }
    addEventListener('keydown', listener)
    return () => removeEventListener('keydown', listener)
  }, [session])

  /** Which panels take room from the picture. */
  const panels = [
    ...state.openPanels.value,
    state.selection.value.length > 0,
    trajectory.value !== null,
  ].join()
  useEffect(() => {
    if (!session) return
    const measure = () => session.setInsets(insetsOf(canvas.current!))
    measure()
    const observer = new ResizeObserver(measure)
    for (const panel of document.querySelectorAll('[data-inset]')) observer.observe(panel)
    observer.observe(document.body)
    return () => observer.disconnect()
  }, [session, panels])

  const phase = state.phase.value
  useEffect(() => {
    document.body.dataset.status = phase
  }, [phase])

  const restart = () => {
    cast.current = session?.cast ?? cast.current
    setSession(null)
    setLife((life) => life + 1)
  }

  /** Losses in a row, and when the last one was. */
  const losses = useRef({ count: 0, last: 0 })
  useEffect(() => {
    if (phase !== 'lost') return
    const now = performance.now()
    const { count, last } = losses.current
    const before = now - last > TRUSTED_AFTER ? 0 : count
    losses.current = { count: before + 1, last: now }
    setAsking(before >= PATIENCE.length)
    if (before >= PATIENCE.length) return
    const timer = setTimeout(() => {
      state.notify('info', 'The browser took the graphics card away and gave it back: the run goes on.')
      restart()
    }, PATIENCE[before])
    return () => clearTimeout(timer)
  }, [phase])

  if (phase === 'unsupported') return <Unsupported />
  return (
    <>
      <TopBar session={session} pickFiles={pickFiles} />
      <main>
        <canvas
          key={life}
          ref={canvas}
          class="stage"
          data-testid="stage"
          tabIndex={0}
          role="img"
          aria-label="The molecule. Drag or use the arrow keys to rotate, plus and minus to zoom."
        />
        <div class="panels">
          <div class="column column-left">
            <Gallery session={session} />
            <LookPanel session={session} />
            <Conditions session={session} />
          </div>
          <div class="column column-right">
            <CardPanel session={session} />
            <SelectionPanel session={session} />
            {trajectory.value ? <TrajectoryPlots trajectory={trajectory.value} /> : <Plots />}
          </div>
        </div>
        <div class="legends">
          <Legend />
          <AttentionLegend />
        </div>
      </main>
      <Transport session={session} />
      <Overlay />
      <Notices />
      <Status />
      <Help />
      <DropZone session={session} />
      <DownloadQuestion session={session} />
      {phase === 'lost' && asking && <Lost restart={restart} />}
      {phase === 'error' && <StartFailed restart={restart} />}
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        data-testid="file-input"
        accept={acceptedEndings.join(',')}
        onChange={(event) => {
          const input = event.currentTarget
          if (input.files?.length) void session?.loading.files([...input.files])
          input.value = ''
        }}
      />
    </>
  )
}
