import { basename } from 'node:path'
import { defineConfig, type Plugin } from 'vite'
import { licenses } from './scripts/vite/licenses.ts'
import { entryName, offline } from './scripts/vite/offline.ts'
import { thumbnails } from './scripts/vite/thumbnails.ts'

/** What no page of ours may do, whatever else it may. */
const STRICT = {
  'default-src': "'none'",
  'script-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
} as const

/**
 * What each built page may load. The page itself: its own files and nothing else. What a link names on another host is
 * fetched, once the user has agreed, by the courier: a frame that may ask anybody but holds nothing to tell them.
 */
const POLICIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'index.html': {
    ...STRICT,
    'style-src': "'self'",
    'img-src': "'self' blob: data:",
    'connect-src': "'self'",
    'worker-src': "'self'",
    'manifest-src': "'self'",
    'frame-src': "'self'",
  },
  'courier.html': { ...STRICT, 'connect-src': 'https:' },
}

/**
 * As a meta tag, because static hosts set no headers (`frame-ancestors` works in headers only). The development server is
 * left out: it injects scripts and styles.
 */
const contentSecurityPolicy: Plugin = {
  name: 'content-security-policy',
  apply: 'build',
  transformIndexHtml: (_, { filename }) => [
    {
      tag: 'meta',
      attrs: {
        'http-equiv': 'Content-Security-Policy',
        content: Object.entries(POLICIES[basename(filename)])
          .map((directive) => directive.join(' '))
          .join('; '),
      },
      injectTo: 'head-prepend',
    },
  ],
}

/** The web page. Relative base so that the built folder can be served from anywhere. */
export default defineConfig({
  base: './',
  build: {
    target: 'es2023',
    outDir: 'dist/page',
    chunkSizeWarningLimit: 1500,
    rollupOptions: {
      input: {
        index: 'index.html',
        courier: 'courier.html',
        'service-worker': 'src/app/service-worker.ts',
      },
      output: { entryFileNames: entryName },
    },
  },
  // openchemlib asks for import.meta, which classic workers lack.
  worker: { format: 'es' },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [contentSecurityPolicy, licenses(), thumbnails(), offline()],
})
