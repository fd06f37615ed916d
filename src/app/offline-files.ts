/** A file of the build: its path, and a digest of its content. */
export type Precached = readonly [path: string, digest: string]

/** Whether a file may change under its name, so that the server is asked first. */
export const fresh = ([path]: Precached): boolean => !path.startsWith('assets/')
