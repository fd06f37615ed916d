import { InputError } from '../errors.ts'

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EISDIR: 'is a folder; name a file in it',
  EACCES: 'may not be read by you',
  ENOSPC: 'does not fit on the disk',
  EROFS: 'is on a disk that cannot be written',
}

/** A file system's complaint as one sentence, anything else as it is. */
export function fileError(path: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code
  return code !== undefined && code in reasons ? new InputError(`${path} ${reasons[code]}.`) : error
}
