import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DataError } from '../table/data-error.ts';
import { readDataFile } from './read-data-file.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'coppice-data-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const write = (bytes: string | Buffer) => {
  const file = join(dir, 'my.csv.gz');
  writeFileSync(file, bytes);
  return file;
};

it('reads a file, and unpacks one that gzip packed, whatever its name', () => {
  expect(readDataFile(write('a,b'), 'my.csv').toString()).toBe('a,b');
  expect(readDataFile(write(gzipSync('a,b')), 'my.csv').toString()).toBe('a,b');
});

it('says in one line why a file cannot be read', () => {
  const half = gzipSync('a,b\n'.repeat(100)).subarray(0, 20);
  expect(() => readDataFile(write(half), 'my.csv.gz')).toThrow(
    new DataError('my.csv.gz: cannot be read, it is not whole gzip data'),
  );
  expect(() => readDataFile(dir, 'here')).toThrow(new DataError('here: cannot be read, it is a folder'));
});
