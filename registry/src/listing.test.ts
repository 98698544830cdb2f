import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { releaseFiles } from '@coppice/testkit/release-files';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Registry } from './registry.ts';
import { FolderStore } from './stores/folder-store.ts';
import type { ObjectStore } from './stores/object-store.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-listing-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A store that notes what is asked of it. */
function watched(store: ObjectStore): { store: ObjectStore; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    store: {
      ...{ place: store.place, create: (...args) => store.create(...args), put: (...args) => store.put(...args) },
      remove: (key) => store.remove(key),
      list: (prefix, after) => {
        asked.push(`list ${prefix}`);
        return store.list(prefix, after);
      },
      read: (key) => {
        asked.push(`read ${key}`);
        return store.read(key);
      },
    },
  };
}

it('lists releases by one manifest each, read once, and by no card or model', async () => {
  const place = new FolderStore(folder);
  const lineage = { data: null, commit: null, parent: null };
  for (const note of ['one', 'two', 'three'])
    await new Registry(place, { model: 'iris' }).publish({ files: releaseFiles({ note }), lineage, who: 'test' });
  const { store, asked } = watched(place);
  const registry = new Registry(store, { model: 'iris' });
  expect(await registry.releases()).toHaveLength(3);
  const manifests = [3, 2, 1].map((number) => `read iris/releases/0000000${number}.json`);
  expect(asked.splice(0)).toEqual(['list iris/releases/', ...manifests]);
  expect(await registry.releases()).toHaveLength(3);
  expect(asked.splice(0)).toEqual(['list iris/releases/']);
});
