import { useEffect, useRef } from 'preact/hooks'
import * as state from '../state.ts'
import { Recorded } from './recorded.tsx'

const browsers: readonly (readonly [name: string, since: string])[] = [
  ['Chrome, Edge', '113 on Windows, macOS and ChromeOS; 121 on Android'],
  [
    'Chrome on Linux',
    '144 with recent drivers; before, switch on chrome://flags/#enable-unsafe-webgpu and #enable-vulkan',
  ],
  ['Safari', '26 on macOS, iPadOS and iOS'],
  ['Firefox', '141 on Windows, 145 on macOS with Apple silicon'],
  ['Firefox on Linux', 'Nightly, or dom.webgpu.enabled in about:config'],
]

/** Where there is no WebGPU: who has it, and what to switch on. Never a blank page. */
export function Unsupported() {
  const hasApi = 'gpu' in navigator && Boolean(navigator.gpu)
  return (
    <main class="obstacle" data-testid="unsupported">
      <div class="obstacle-body">
        <h1 class="obstacle-title">Tumble needs WebGPU</h1>
        <p>
          {hasApi
            ? 'This browser has WebGPU but found no graphics adapter for it. Switch on hardware acceleration in its settings, update the graphics driver, and load the page again.'
            : 'Tumble simulates molecules on your graphics card, through WebGPU. This browser does not offer it (or not on this page: WebGPU needs https or localhost).'}
        </p>
        <Recorded />
        <h2>Browsers that have it</h2>
        <dl class="rows">
          {browsers.map(([name, since]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{since}</dd>
            </div>
          ))}
        </dl>
        <p class="fine">
          Whether it works on your machine is told by <code>chrome://gpu</code> in Chrome and Edge, and by{' '}
          <code>about:support</code> in Firefox.
        </p>
        <button type="button" class="primary" onClick={() => location.reload()}>
          Try again
        </button>
      </div>
    </main>
  )
}

interface InterruptionProps {
  readonly title: string
  readonly text: string
  readonly action: string
  readonly restart: () => void
}

function Interruption({ title, text, action, restart }: InterruptionProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  // As a modal dialog it keeps the keyboard: nothing behind it can be used.
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog
      ref={dialog}
      class="interruption"
      role="alertdialog"
      aria-labelledby="interruption-title"
      aria-describedby="interruption-text"
      data-testid="interruption"
      // There is nothing to go back to.
      onCancel={(event) => event.preventDefault()}
    >
      <div class="obstacle-body">
        <h2 id="interruption-title">{title}</h2>
        <p id="interruption-text">{text}</p>
        <button type="button" class="primary" onClick={restart}>
          {action}
        </button>
      </div>
    </dialog>
  )
}

export const Lost = ({ restart }: { restart: () => void }) => (
  <Interruption
    title="The graphics device was lost again and again"
    text={`The browser took the graphics card away (${state.phaseDetail.value || 'no reason given'}). This happens when a driver restarts, the machine sleeps, or one step takes too long. The run was saved a few seconds before and can go on from there; a smaller system or a smaller network may last longer.`}
    action="Go on"
    restart={restart}
  />
)

export const StartFailed = ({ restart }: { restart: () => void }) => (
  <Interruption
    title="Tumble could not start"
    text={state.phaseDetail.value}
    action="Start again"
    restart={restart}
  />
)
