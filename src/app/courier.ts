/**
 * The page in courier.html, an invisible frame that fetches a file from another host. Tumble's own page may talk to its
 * server alone; only this one, which holds nothing and lives for one download, may ask others (vite.config.ts).
 */
import { messageOf } from '../errors.ts'
import type { Word } from './download.ts'
import { fetchFile } from './fetch-file.ts'

addEventListener('message', ({ source, origin, data, ports }) => {
  if (source !== parent || origin !== location.origin) return
  const tell = (word: Word) => ports[0].postMessage(word)
  fetchFile(new URL(data), (received, size) => tell({ received, size })).then(
    (file) => tell({ file }),
    (error) => tell({ failure: messageOf(error) }),
  )
})
