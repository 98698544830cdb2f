import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashOf } from './build-page.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'coppice-hash-'));
  mkdirSync(join(root, 'src'));
});
afterAll(() => rmSync(root, { recursive: true }));

it('the hash of sources changes with a path or a content, not with a test', () => {
  const write = (name: string, text: string) => {
    writeFileSync(join(root, 'src', name), text);
    return hashOf(root, ['src/**/*']);
  };
  const first = write('a.ts', 'one');
  expect(write('a.test.ts', 'any')).toBe(first);
  const changed = write('a.ts', 'two');
  expect(changed).not.toBe(first);
  expect(write('b.ts', '')).not.toBe(changed);
  expect(write('a.ts', 'two')).toBe(hashOf(root, ['src/**/*']));
});
