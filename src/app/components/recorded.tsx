import { useEffect, useRef, useState } from 'preact/hooks'
import { loadRecording, type Recording } from '../recorded/load.ts'
import { paint, type Rotation, turned } from '../recorded/painter.ts'
import { PauseIcon, PlayIcon } from './icons.tsx'

/** Frames of the recording in a second; each is 1.5 fs long. */
const FRAMES_PER_SECOND = 40
/** Å from the middle to the edge. */
const REACH = 3
const START: Rotation = [1, 0, 0, 0, 1, 0, 0, 0, 1]

/** A recorded run for those who cannot have a live one: played forth and back, turned by dragging. */
export function Recorded() {
  const canvas = useRef<HTMLCanvasElement>(null)
  const view = useRef({ frame: 0, step: 1, rotation: turned(START, { yaw: 0.35, pitch: 0.3 }) })
  const [recording, setRecording] = useState<Recording | null>(null)
  const [playing, setPlaying] = useState(() => !matchMedia('(prefers-reduced-motion: reduce)').matches)

  useEffect(() => {
    // The page says what is missing all the same.
    loadRecording().then(setRecording, (error) => console.error(error))
  }, [])

  const draw = () => {
    const context = canvas.current?.getContext('2d')
    if (!context || !recording) return
    const { clientWidth, clientHeight } = context.canvas
    context.canvas.width = clientWidth * devicePixelRatio
    context.canvas.height = clientHeight * devicePixelRatio
    const { frame, rotation } = view.current
    const { structure, frames } = recording
    paint(context, structure.atomicNumbers, frames[Math.floor(frame)], rotation, REACH)
    context.canvas.dataset.frame = String(Math.floor(frame))
  }

  useEffect(() => {
    if (!recording) return
    draw()
    if (!playing) return
    const last = recording.frames.length - 1
    let before = performance.now()
    let request = requestAnimationFrame(function tick(now) {
      const { current } = view
      current.frame += current.step * Math.min(0.1, Math.max(0, now - before) / 1000) * FRAMES_PER_SECOND
      if (current.frame <= 0 || current.frame >= last) current.step = current.frame <= 0 ? 1 : -1
      current.frame = Math.min(last, Math.max(0, current.frame))
      before = now
      draw()
      request = requestAnimationFrame(tick)
    })
    return () => cancelAnimationFrame(request)
  }, [recording, playing])

  const turn = (yaw: number, pitch: number) => {
    view.current.rotation = turned(view.current.rotation, { yaw, pitch })
    draw()
  }
  const arrows: Record<string, readonly [number, number]> = {
    ArrowLeft: [-0.1, 0],
    ArrowRight: [0.1, 0],
    ArrowUp: [0, -0.1],
    ArrowDown: [0, 0.1],
  }

  if (!recording) return null
  return (
    <figure class="recorded" data-testid="recorded">
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        aria-label="Malonaldehyde in motion, recorded. Drag or use the arrow keys to rotate."
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={(event) => {
          if (event.buttons) turn(event.movementX / 110, event.movementY / 110)
        }}
        onKeyDown={(event) => {
          const arrow = arrows[event.key]
          if (!arrow) return
          event.preventDefault()
          turn(...arrow)
        }}
      />
      <figcaption>
        <button
          type="button"
          class="tool"
          aria-label={playing ? 'Pause' : 'Play'}
          onClick={() => setPlaying(!playing)}
        >
          {playing ? <PauseIcon /> : <PlayIcon />}
        </button>
        Recorded, not live: 0.84 ps of malonaldehyde at 300 K, as Tumble computed it elsewhere, forth and
        back.
      </figcaption>
    </figure>
  )
}
