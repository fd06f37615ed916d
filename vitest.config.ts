import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Every test runs in Node; GPU tests through Dawn, browser tests drive a real browser on the built page. */
const project = (name: string, extra: object = {}) => ({
  extends: true as const,
  test: { name, include: [`tests/${name}/**/*.test.ts`], ...extra },
})

/** Where somebody's hand, eye or clock is on the page, which then must have the computer for itself. */
const HANDS = [
  'attention',
  'cell',
  'page',
  'page-in-firefox',
  'pictures',
  'touching',
  'trajectory',
  'warnings',
].map((name) => `tests/browser/${name}.test.ts`)

/**
 * Much of what a software adapter does is work for one core, compiling above all: two files at once take two cores little
 * longer than one of them would. More would only wait for each other.
 */
const maxWorkers = Math.max(2, Math.ceil(availableParallelism() / 2))

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    setupFiles: ['tests/lib/fast-check.ts'],
    maxWorkers,
    projects: [
      // Nothing here leaves anything behind, and modules that are read once are most of the time it takes.
      project('unit', { isolate: false }),
      project('kernels'),
      project('golden'),
      project('physics'),
      project('cli'),
      project('engine', { include: ['tests/browser/engine/**/*.test.ts'] }),
      // Pages that only open, are asked and answer.
      project('browser', { exclude: ['tests/browser/engine/**', ...HANDS] }),
      // Last and one at a time: a page that shares its cores with other tests draws too few frames to be used as people do.
      project('hands', { include: HANDS, fileParallelism: false }),
    ],
  },
})
