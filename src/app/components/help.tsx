import { useEffect, useRef } from 'preact/hooks'
import { endingsOf } from '../../formats/index.ts'
import { gestures, shortcuts } from '../keyboard.ts'
import * as state from '../state.ts'
import { CloseIcon } from './icons.tsx'

const close = () => {
  state.helpOpen.value = false
}

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null)
  const open = state.helpOpen.value
  useEffect(() => {
    if (open) dialog.current?.showModal()
    else dialog.current?.close()
  }, [open])
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="help-title" onClose={close} closedby="any">
      <div class="dialog-body">
        <header class="panel-head">
          <h2 id="help-title">Tumble</h2>
          <button type="button" class="tool" aria-label="Close help" onClick={close}>
            <CloseIcon />
          </button>
        </header>
        <p>
          A neural network, run on your graphics card, tells every atom the force on it; molecular dynamics
          moves the atoms, step by step. Nothing you open leaves this page.
        </p>
        <h3>Your own files</h3>
        <p>
          Drop them anywhere: a structure ({endingsOf('structure').join(', ')}) becomes the molecule; a
          TorchMD-NET checkpoint ({endingsOf('checkpoint').join(', ')}) becomes the force field. Both at once
          works too.
        </p>
        <h3>Mouse and touch</h3>
        <dl class="keys">
          {gestures.map(([gesture, what]) => (
            <div key={gesture}>
              <dt>{gesture}</dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <h3>Keys</h3>
        <dl class="keys">
          {shortcuts.map(([keys, what]) => (
            <div key={keys}>
              <dt>
                {keys.split('  ').map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <p class="fine">
          <a href="./licenses.txt">Licences</a> of Tumble and of all it is made with.
        </p>
        <p class="fine">
          Bonds are drawn where atoms are close and have no part in the physics. Energies in eV, lengths in Å,
          times in fs and ps, temperatures in K.
        </p>
      </div>
    </dialog>
  )
}
