/** ms after the start: storing the page must not slow its first picture. */
const AFTER_MS = 3000

/** Lets the page be opened without a network from now on, where the browser and the address allow it. */
export function keepForOffline(): void {
  if (!import.meta.env.PROD || !isSecureContext || !('serviceWorker' in navigator)) return
  setTimeout(() => {
    // Nobody has asked for it, and all goes on without.
    navigator.serviceWorker.register('./service-worker.js').catch((error) => console.info(String(error)))
  }, AFTER_MS)
}
