import { defineConfig, type Plugin } from 'vite'

/**
 * What the built page may load: its own files and nothing else. As a meta tag, because static hosts set no headers
 * (`frame-ancestors` works in headers only). The development server is left out: it injects scripts and styles.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

const contentSecurityPolicy: Plugin = {
  name: 'content-security-policy',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY },
      injectTo: 'head-prepend',
    },
  ],
}

/** The web page. Relative base so that the built folder can be served from anywhere. */
export default defineConfig({
  base: './',
  build: { target: 'es2023', outDir: 'dist/page', chunkSizeWarningLimit: 1500 },
  // openchemlib asks for import.meta, which classic workers lack.
  worker: { format: 'es' },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [contentSecurityPolicy],
})
