import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findVersions } from './find-versions.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-versions-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('lists trained versions by number, also those whose card is broken, and nothing else', () => {
  for (const name of ['v10', 'v2', 'v1', 'v2.old', 'notes']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'v10', 'model-card.json'), '{"name":"wine"}');
  writeFileSync(join(folder, 'v2', 'model-card.json'), '{"name":');
  expect(findVersions(folder).map(({ version, model }) => [version, model])).toEqual([
    ['v1', 'iris'],
    ['v2', 'iris'],
    ['v10', 'wine'],
  ]);
  expect(findVersions(join(folder, 'nowhere'))).toEqual([]);
});
