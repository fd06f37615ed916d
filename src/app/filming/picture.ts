import { messageOf } from '../../errors.ts'
import type { Viewer } from '../../viewer/viewer.ts'
import { fileNameFor, saveFile } from '../save-file.ts'
import * as state from '../state.ts'
import { Backdrop } from './backdrop.ts'

/** Sizes of pictures that are offered: picture elements per CSS pixel of the window. */
export const SCALES = [1, 2, 4] as const

/** Hands the picture to the user as the page's settings have it; what is wrong with that is told. */
export async function savePicture(viewer: Viewer, title: string): Promise<void> {
  try {
    const blob = viewer.picture(state.pictureScale.value, (canvas) =>
      state.pictureTransparent.value ? drawn(canvas) : beforeBackdrop(canvas),
    )
    saveFile(await blob, `${fileNameFor(title)}.png`)
  } catch (error) {
    state.notify('error', messageOf(error))
  }
}

const drawn = (canvas: HTMLCanvasElement): Promise<Blob> =>
  new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(TOO_LARGE))), 'image/png'),
  )

function beforeBackdrop(canvas: HTMLCanvasElement): Promise<Blob> {
  const context = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { alpha: false })
  if (!context) return Promise.reject(new Error(TOO_LARGE))
  new Backdrop().compose(context, canvas)
  return context.canvas.convertToBlob({ type: 'image/png' })
}

const TOO_LARGE = 'The browser makes no picture of this size: choose a smaller one.'
