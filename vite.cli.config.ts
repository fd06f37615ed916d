import { defineConfig } from 'vite'

/** The command line: one Node bundle; `webgpu` stays outside because it carries a native binding. */
export default defineConfig({
  publicDir: false,
  build: {
    target: 'node20',
    outDir: 'dist/cli',
    ssr: 'src/cli/main.ts',
    rollupOptions: { output: { entryFileNames: 'tumble.mjs' } },
  },
  ssr: { noExternal: ['wesl', 'wgpu-matrix', 'ml-matrix'], external: ['webgpu'] },
})
