import { useEffect, useRef, useState } from 'preact/hooks'
import { download } from '../download.ts'
import { fileNameOf } from '../fetch-file.ts'
import { address, gather } from '../opening.ts'
import type { Session } from '../session.ts'
import * as state from '../state.ts'
import { decimal } from '../words.ts'

const megabytes = (bytes: number): string => decimal(bytes / 1e6, bytes < 1e7 ? 1 : 0)

/** Downloads from another host and opens what has come. */
async function fetchAll(session: Session): Promise<void> {
  const files = await gather(address.abroad, (url) =>
    download(url, (received, size) => {
      const whole = size === null ? '' : ` of ${megabytes(size)}`
      state.busy.value = `Downloading ${fileNameOf(url)}: ${megabytes(received)}${whole} MB…`
    }),
  )
  state.busy.value = null
  if (files.length) await session.loading.files(files, address.stated)
}

/** The address of this page may name files of other hosts: nobody is asked for them before the user says so. */
export function DownloadQuestion({ session }: { session: Session | null }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [asked, setAsked] = useState(address.abroad.length === 0)
  const open = session !== null && !asked
  useEffect(() => {
    if (open) dialog.current?.showModal()
  }, [open])
  if (asked) return null
  const hosts = [...new Set(address.abroad.map(({ host }) => host))]
  const several = address.abroad.length > 1
  return (
    <dialog
      ref={dialog}
      class="dialog question"
      aria-labelledby="question-title"
      aria-describedby="question-text"
      data-testid="download-question"
      onClose={() => setAsked(true)}
    >
      <div class="dialog-body">
        <h2 id="question-title">Load from {hosts.join(' and ')}?</h2>
        <p id="question-text">
          The link you followed wants to open {several ? 'files' : 'a file'} from{' '}
          {hosts.length > 1 ? 'other hosts' : 'another host'}, which will see that you ask for{' '}
          {several ? 'them' : 'it'}. Nothing else leaves this page.
        </p>
        <ul class="question-files">
          {address.abroad.map((url) => (
            <li key={url.href} title={url.href}>
              <strong>{fileNameOf(url)}</strong>
              <span>{url.host}</span>
            </li>
          ))}
        </ul>
        <div class="question-answers">
          <button type="button" class="plain" onClick={() => dialog.current?.close()}>
            Not now
          </button>
          <button
            type="button"
            class="primary"
            onClick={() => {
              dialog.current?.close()
              void fetchAll(session!)
            }}
          >
            Load
          </button>
        </div>
      </div>
    </dialog>
  )
}
