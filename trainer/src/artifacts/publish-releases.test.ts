import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from '@coppice/registry/registry';
import { FolderStore } from '@coppice/registry/stores/folder-store';
import { writeFixtureModel } from '@coppice/testkit/fixture-model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Artifact } from './publish.ts';
import { type Place, publishReleases, takeIntoRegistry } from './publish-releases.ts';
import { settleRegistry } from './settle-registry.ts';
import { unpublishedFolders } from './unpublished-folders.ts';

let folder: string;
let place: Place;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-releases-'));
  place = { registry: join(folder, 'registry'), command: (words, model) => `registry ${words} of ${model}` };
});
afterEach(() => rmSync(folder, { recursive: true }));

const opened = () => new Registry(new FolderStore(place.registry), { model: 'iris' });
const artifact = (version: string, shift = 0): Artifact => {
  const card = writeFixtureModel(join(folder, version), { version, shift });
  return { card, model: readFileSync(join(folder, version, 'model.onnx')) };
};

describe('a training that publishes', () => {
  it('gives a new registry its champion and challenger, labelled as examples, and later moves no alias', async () => {
    expect(await publishReleases(place, [artifact('v1'), artifact('v2', 1)])).toEqual([
      `v1: release 1 of iris in ${place.registry}, the champion`,
      `v2: release 2 of iris in ${place.registry}, the challenger`,
    ]);
    const { state } = await opened().current();
    expect(state.aliases).toEqual({ champion: 1, challenger: 2 });
    expect(state.tags).toEqual({ 1: { note: 'not approved: example' }, 2: { note: 'not approved: example' } });
    expect(await publishReleases(place, [artifact('v1', 1)])).toEqual([
      `v1: release 3 of iris in ${place.registry}`,
      'no version serves it yet: registry alias challenger 3 of iris gives it to v2',
    ]);
    expect((await opened().current()).state.aliases).toEqual({ champion: 1, challenger: 2 });
    const [latest] = await opened().releases();
    expect(latest).toMatchObject({ number: 3, createdBy: 'trainer', lineage: { parent: 1 } });
    expect(latest?.lineage.data).toMatch(/^[0-9a-f]{64}$/);
  });

  it('takes artifacts of before into a registry without releases, once', async () => {
    artifact('v1');
    artifact('v2', 1);
    expect(await takeIntoRegistry(place, folder, 'iris')).toHaveLength(2);
    expect(await takeIntoRegistry(place, folder, 'iris')).toEqual([]);
    expect(await takeIntoRegistry(place, join(folder, 'nowhere'), 'iris')).toEqual([]);
    expect((await opened().releases()).map(({ number }) => number)).toEqual([2, 1]);
  });

  it('takes only v1 for a champion, and another model by its own name', async () => {
    artifact('v1');
    artifact('v2', 1);
    const named = join(folder, 'v2/model-card.json');
    writeFileSync(named, readFileSync(named, 'utf8').replace('"iris"', '"mine"'));
    expect(await takeIntoRegistry(place, folder, 'mine')).toEqual([]);
    expect(await takeIntoRegistry(place, folder, 'iris')).toEqual([
      `v1: release 1 of iris in ${place.registry}, the champion`,
    ]);
    expect((await opened().current()).state.aliases).toEqual({ champion: 1, challenger: null });
  });

  it('keeps the text of a card of before, by which records know the model', async () => {
    const { features, classes, ...card } = artifact('v1').card;
    const old = {
      ...{ ...card, format: 1 },
      features: features.map(({ kind, nullable, missing, ...feature }) => feature),
      classes: classes.map(({ typical, ...known }) => ({ ...known, medians: typical })),
    };
    writeFileSync(join(folder, 'v1/model-card.json'), JSON.stringify(old));
    await takeIntoRegistry(place, folder, 'iris');
    const text = await opened().file(await opened().release(1), 'model-card.json');
    expect(Buffer.from(text).toString()).toBe(JSON.stringify(old));
  });

  it('names no champion where v1 is not trained', async () => {
    expect(await publishReleases(place, [artifact('v3')])).toEqual([
      `v3: release 1 of iris in ${place.registry}`,
      'no version serves it yet: registry alias champion 1 of iris gives it to v1',
    ]);
  });

  it('says which folder nothing serves', async () => {
    artifact('v1');
    artifact('v2');
    await takeIntoRegistry(place, folder, 'iris');
    expect(await unpublishedFolders(place, folder, 'iris')).toEqual([]);
    artifact('v2', 1);
    const v2 = join(folder, 'v2');
    expect(await unpublishedFolders(place, folder, 'iris')).toEqual([
      `${v2} is no release: v2 serves release 2 of iris, the challenger. registry publish ${v2} of iris makes it one; MODEL_V2_SOURCE=${v2} serves it as it is`,
    ]);
    await publishReleases(place, [artifact('v2', 1)]);
    expect(await unpublishedFolders(place, folder, 'iris')).toEqual([]);
  });

  it('leaves artifacts alone that it cannot take in, and says why', async () => {
    artifact('v1');
    writeFileSync(join(folder, 'v1/model.onnx'), 'another');
    expect(await settleRegistry(place, folder, 'iris')).toEqual([
      `${folder} is not taken into the registry: model.onnx is not the file that model-card.json describes`,
    ]);
  });

  it('lets one of two that begin a registry at once name its champion', async () => {
    const both = [artifact('v1'), artifact('v2', 1)];
    await Promise.allSettled([publishReleases(place, both), publishReleases(place, both)]);
    const { state } = await opened().current();
    expect((await opened().releases()).length).toBe(4);
    expect(state.aliases.champion).not.toBeNull();
  });
});
