import { defineConfig } from 'vite'

/** The engine for browsers, with the functions that tests call (page/main.ts). Its root is the checkout. */
export default defineConfig({
  publicDir: false,
  build: {
    target: 'es2023',
    outDir: 'dist/engine-tests',
    minify: false,
    rollupOptions: {
      input: 'tests/browser/engine/page/main.ts',
      output: { entryFileNames: 'engine.js' },
    },
  },
})
