import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from '@coppice/registry/registry';
import { FolderStore } from '@coppice/registry/stores/folder-store';
import { openForTest } from '@coppice/testkit/record/databases';
import { releaseFiles } from '@coppice/testkit/release-files';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { backUpFolders, type Folders, foldersOf, restoreFolders } from './folders.ts';

const by = { who: 'test', reason: '' };
let at: Folders;
let file: string;

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-backup-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  at = placesIn(folder);
  file = join(folder, 'backup.tar.gz');
  mkdirSync(join(at.artifacts, 'v1'), { recursive: true });
  const { record } = await openForTest({ DATA_DIR: at.dataDir });
  await record.close();
});

const placesIn = (folder: string): Folders => ({
  ...{ dataDir: join(folder, 'data'), artifacts: join(folder, 'artifacts') },
  registry: join(folder, 'artifacts/registry'),
  mlflow: null,
});
const opened = (place = at.registry) => new Registry(new FolderStore(place), { model: 'iris' });
const publish = (note: string) =>
  opened().publish({ files: releaseFiles({ note }), lineage: { data: null, commit: null, parent: null }, who: 'test' });
const noteOf = async (registry: Registry, number: number) =>
  Buffer.from(await registry.file(await registry.release(number), 'report/note.txt')).toString();

it('restores the releases and their aliases into an empty place, and in the place of later ones', async () => {
  await publish('one');
  await publish('two');
  await opened().setAlias('champion', 2, by);
  await opened().judge(2, true, by);
  expect(await backUpFolders(at, file)).toEqual({ rows: 0, notes: [] });
  await publish('three');
  await opened().setAlias('champion', 3, by);

  for (const to of [at, placesIn(join(at.dataDir, '../elsewhere'))]) {
    expect(await restoreFolders(to, file)).toEqual([]);
    const restored = opened(to.registry);
    expect(await restored.current()).toMatchObject({ revision: 2, state: { aliases: { champion: 2 } } });
    expect((await restored.releases()).map(({ number }) => number)).toEqual([2, 1]);
    expect(await noteOf(restored, 2)).toBe('two');
    expect(readdirSync(to.artifacts).sort()).toEqual(['registry', 'v1']);
    expect(readdirSync(to.registry)).toEqual(['iris']);
  }
});

it('finds the registry of the environment, wherever it is', async () => {
  const elsewhere = join(at.dataDir, '../releases');
  const folders = foldersOf({ DATA_DIR: at.dataDir, ARTIFACTS_DIR: at.artifacts, REGISTRY_URL: elsewhere });
  expect(folders.registry).toBe(elsewhere);
  expect(foldersOf({ ARTIFACTS_DIR: '/a' }).registry).toBe('/a/registry');
  at = folders;
  await publish('one');
  await backUpFolders(at, file);
  rmSync(elsewhere, { recursive: true });
  await restoreFolders(at, file);
  expect(await noteOf(opened(), 1)).toBe('one');
});

it('holds whole releases while others are published and aliases move', async () => {
  await publish('0');
  let published = 1;
  let saving = true;
  const writer = (async () => {
    while (saving) {
      const { number } = await publish(String(published));
      await opened().setAlias('champion', number, by);
      published = number;
    }
  })();
  for (let i = 0; i < 5; i++) {
    expect((await backUpFolders(at, file)).notes).toEqual([]);
    const to = placesIn(join(at.dataDir, `../copy-${i}`));
    expect(await restoreFolders(to, file)).toEqual([]);
    const { champion } = (await opened(to.registry).current()).state.aliases;
    if (champion !== null) expect(await noteOf(opened(to.registry), champion)).toBe(String(champion - 1));
  }
  saving = false;
  await writer;
  expect(published).toBeGreaterThan(1);
});

it('names a release whose files are not what was published', async () => {
  const { files } = await publish('one');
  writeFileSync(join(at.registry, 'iris/blobs', files['report/note.txt']?.sha256 ?? ''), 'spoiled');
  const warning = expect.stringMatching(/^WARNING: report\/note.txt of release 1 .* is not what was published$/);
  expect(await backUpFolders(at, file)).toEqual({ rows: 0, notes: [warning] });
  expect(await restoreFolders(at, file)).toEqual([warning]);
});

it('says what it leaves alone: releases in S3, and those of a time after the archive', async () => {
  const registry = 's3://bucket/prefix';
  const [line] = (await backUpFolders({ ...at, registry }, file)).notes;
  expect(line).toBe("the releases stay in s3://bucket/prefix: the bucket's own versions of objects are their backup");
  await publish('one');
  expect(await restoreFolders(at, file)).toEqual([
    `the archive has no releases: those in ${at.registry} stay as they are`,
  ]);
  expect(await noteOf(opened(), 1)).toBe('one');
});
