import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from '@coppice/registry/registry';
import { FolderStore } from '@coppice/registry/stores/folder-store';
import { writeFixtureModel } from '@coppice/testkit/fixture-model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Artifact } from './publish.ts';
import { publishReleases, takeIntoRegistry } from './publish-releases.ts';

let folder: string;
let place: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-releases-'));
  place = join(folder, 'registry');
});
afterEach(() => rmSync(folder, { recursive: true }));

const opened = () => new Registry(new FolderStore(place), { model: 'iris' });
const artifact = (version: string, shift = 0): Artifact => {
  const card = writeFixtureModel(join(folder, version), { version, shift });
  return { card, model: readFileSync(join(folder, version, 'model.onnx')) };
};

describe('a training that publishes', () => {
  it('gives a new registry its champion and challenger, labelled as examples, and later moves no alias', async () => {
    expect(await publishReleases(place, [artifact('v1'), artifact('v2', 1)])).toEqual([
      `v1: release 1 of iris in ${place}, the champion`,
      `v2: release 2 of iris in ${place}, the challenger`,
    ]);
    const { state } = await opened().current();
    expect(state.aliases).toEqual({ champion: 1, challenger: 2 });
    expect(state.tags).toEqual({ 1: { note: 'not approved: example' }, 2: { note: 'not approved: example' } });
    expect(await publishReleases(place, [artifact('v1', 1)])).toEqual([`v1: release 3 of iris in ${place}`]);
    expect((await opened().current()).state.aliases).toEqual({ champion: 1, challenger: 2 });
    const [latest] = await opened().releases();
    expect(latest).toMatchObject({ number: 3, createdBy: 'trainer', lineage: { parent: 1 } });
    expect(latest?.lineage.data).toMatch(/^[0-9a-f]{64}$/);
  });

  it('takes artifacts of before into a registry without releases, once', async () => {
    artifact('v1');
    artifact('v2', 1);
    expect(await takeIntoRegistry(place, folder, ['v1', 'v2', 'v3'])).toHaveLength(2);
    expect(await takeIntoRegistry(place, folder, ['v1', 'v2'])).toEqual([]);
    expect(await takeIntoRegistry(place, join(folder, 'nowhere'), ['v1'])).toEqual([]);
    expect((await opened().releases()).map(({ number }) => number)).toEqual([2, 1]);
  });

  it('lets one of two that begin a registry at once name its champion', async () => {
    const both = [artifact('v1'), artifact('v2', 1)];
    await Promise.allSettled([publishReleases(place, both), publishReleases(place, both)]);
    const { state } = await opened().current();
    expect((await opened().releases()).length).toBe(4);
    expect(state.aliases.champion).not.toBeNull();
  });
});
