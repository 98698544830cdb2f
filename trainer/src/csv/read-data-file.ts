import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { DataError } from '../table/data-error.ts';

const reasons: Record<string, string> = {
  ENOENT: 'no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
  ERR_BUFFER_TOO_LARGE: 'it is larger than 2 GiB unpacked',
};

const mostBytes = 2 ** 31 - 1;

/** The bytes of a data file, unpacked if gzip packed it. Throws `DataError` of one line that names it by its title. */
export function readDataFile(file: string, title: string): Buffer {
  try {
    const bytes = readFileSync(file);
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: mostBytes }) : bytes;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    const reason = reasons[code] ?? (code.startsWith('Z_') ? 'it is not whole gzip data' : code);
    throw new DataError(`${title}: cannot be read, ${reason}`, { cause });
  }
}
