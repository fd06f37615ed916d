/** The bytes at an address. */
export async function fetchBytes(url: string | URL): Promise<Uint8Array> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url}: the server answered ${response.status}.`)
  return new Uint8Array(await response.arrayBuffer())
}

/** The bytes at the first address where there is something, or null. */
export async function fetchFirst(urls: readonly URL[]): Promise<Uint8Array | null> {
  for (const url of urls) {
    const response = await fetch(url)
    if (response.ok) return new Uint8Array(await response.arrayBuffer())
  }
  return null
}

export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
