import type { Simulation } from '../dynamics/simulation.ts'
import type { Grip } from '../viewer/hand.ts'

/** eV/Å² of the spring between the hand and an atom: 2 Å away it pulls about as hard as a bond resists 0.02 Å. */
const PULL_STIFFNESS = 0.5

/**
 * How the viewer's hand takes hold of atoms.
 * @param touched is called whenever the hand moves
 */
export const gripOf = (simulation: Simulation, touched: () => void): Grip => ({
  // Where all atoms are, only when a hand asks: drawing never reads back.
  positions: async () => (await simulation.snapshot()).positions,
  pull: (atom, anchor) => {
    touched()
    simulation.setPull({ atom, anchor, stiffness: PULL_STIFFNESS })
  },
  release: () => {
    touched()
    simulation.setPull(null)
  },
})
