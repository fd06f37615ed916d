import { defineConfig } from 'vite'

/** The suite for browsers. Its root is the checkout, from which the page reads models, structures and peers. */
export default defineConfig({
  publicDir: false,
  build: {
    target: 'es2023',
    outDir: 'dist/benchmarks-page',
    rollupOptions: {
      input: 'benchmarks/page/main.ts',
      output: { entryFileNames: 'page.js' },
    },
  },
})
