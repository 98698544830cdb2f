import { readFileSync } from 'node:fs';
import { DataError } from '../table/data-error.ts';

const reasons: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
};

/** The bytes of a data file. Throws `DataError` of one line that names it by its title. */
export function readDataFile(file: string, title: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    throw new DataError(`${title}: cannot be read, ${reasons[code] ?? code}`, { cause });
  }
}
