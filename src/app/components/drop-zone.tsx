import { useEffect } from 'preact/hooks'
import { endingsOf } from '../../formats/index.ts'
import { filesOfPaste } from '../paste.ts'
import type { Session } from '../session.ts'
import * as state from '../state.ts'

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false

/** The whole window takes files, dropped or pasted. */
export function DropZone({ session }: { session: Session | null }) {
  useEffect(() => {
    // dragenter and dragleave come for every element on the way.
    let depth = 0
    const show = (value: number) => {
      depth = Math.max(0, value)
      state.dragging.value = depth > 0
    }
    const listeners = {
      dragenter: (event: DragEvent) => hasFiles(event) && show(depth + 1),
      dragleave: (event: DragEvent) => hasFiles(event) && show(depth - 1),
      dragover: (event: DragEvent) => {
        if (!hasFiles(event)) return
        event.preventDefault()
        event.dataTransfer!.dropEffect = 'copy'
      },
      drop: (event: DragEvent) => {
        if (!hasFiles(event)) return
        event.preventDefault()
        show(0)
        const files = [...(event.dataTransfer?.files ?? [])]
        if (files.length) void session?.loading.files(files)
      },
      paste: (event: ClipboardEvent) => {
        const files = filesOfPaste(event)
        if (files.length) void session?.loading.files(files)
      },
    }
    const entries = Object.entries(listeners) as [string, EventListener][]
    for (const [name, listener] of entries) addEventListener(name, listener)
    return () => {
      for (const [name, listener] of entries) removeEventListener(name, listener)
    }
  }, [session])
  if (!state.dragging.value) return null
  return (
    <div class="drop" aria-hidden="true">
      <div class="drop-frame">
        <strong>Drop to simulate, or to play</strong>
        <span>{endingsOf('structure').join(', ')}: new atoms, or frames of them</span>
        <span>{endingsOf('trajectory').join(', ')}: frames of the present atoms</span>
        <span>{endingsOf('checkpoint').join(', ')}: new force field</span>
      </div>
    </div>
  )
}
