import { defineConfig } from 'vitest/config'

/** Every test runs in Node; GPU tests through Dawn, browser tests drive a real browser on the built page. */
const project = (name: string, extra: object = {}) => ({
  extends: true as const,
  test: { name, include: [`tests/${name}/**/*.test.ts`], ...extra },
})

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    setupFiles: ['tests/lib/fast-check.ts'],
    projects: [
      project('unit'),
      // One process, one device at a time: two cores are all that a software adapter has.
      project('kernels', { fileParallelism: false }),
      project('golden', { fileParallelism: false }),
      project('physics', { fileParallelism: false }),
      project('cli', { fileParallelism: false }),
      project('browser', { fileParallelism: false }),
    ],
  },
})
