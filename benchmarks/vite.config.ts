import { defineConfig } from 'vite'

/** The benchmarks: one Node bundle; `webgpu` stays outside because it carries a native binding. */
export default defineConfig({
  publicDir: false,
  build: {
    target: 'node20',
    outDir: 'dist/benchmarks',
    ssr: 'benchmarks/main.ts',
    rollupOptions: { output: { entryFileNames: 'main.mjs' } },
  },
  ssr: { noExternal: ['wesl', 'wgpu-matrix', 'ml-matrix'], external: ['webgpu'] },
})
