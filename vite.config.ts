import { defineConfig } from 'vite'

/** The web page. Relative base so that the built folder can be served from anywhere. */
export default defineConfig({
  base: './',
  build: { target: 'es2023', outDir: 'dist/page', chunkSizeWarningLimit: 1500 },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
})
