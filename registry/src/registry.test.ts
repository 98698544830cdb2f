import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { registrySuite, restlessWriter } from '@coppice/testkit/registry-suite';
import { releaseFiles } from '@coppice/testkit/release-files';
import { until } from '@coppice/testkit/waiting/until';
import { afterAll, describe, expect, it } from 'vitest';
import { Registry } from './registry.ts';
import { FolderStore } from './stores/folder-store.ts';
import { StoreUnavailableError } from './stores/object-store.ts';

const root = mkdtempSync(join(tmpdir(), 'coppice-registry-'));
afterAll(() => rmSync(root, { recursive: true }));
const fresh = () => new FolderStore(mkdtempSync(join(root, 'store-')));

registrySuite('a folder', async () => fresh());

describe('a folder', () => {
  it('leaves nothing behind but what it stored', async () => {
    const store = fresh();
    await new Registry(store, { model: 'iris' }).publish({
      files: releaseFiles(),
      lineage: { data: null, commit: null, parent: null },
      who: 'test',
    });
    expect(readdirSync(store.place, { recursive: true }).filter((name) => String(name).includes('.staged-'))).toEqual(
      [],
    );
  });

  it('does not show what a crashed writer left behind, and cleans it up when it is old', async () => {
    const store = fresh();
    await store.put('iris/a', Buffer.from('a'));
    writeFileSync(join(store.place, 'iris', '.staged-x'), 'half');
    expect((await store.list('')).map(({ key }) => key)).toEqual(['iris/a']);
    await store.clean();
    expect(readdirSync(join(store.place, 'iris'))).toContain('.staged-x');
    await store.clean(Date.now() + 7_200_000);
    expect(readdirSync(join(store.place, 'iris'))).toEqual(['a']);
  });

  it('says that it cannot be written', async () => {
    writeFileSync(join(root, 'file'), '');
    await expect(new FolderStore(join(root, 'file')).put('a/b', Buffer.from(''))).rejects.toThrow(
      StoreUnavailableError,
    );
  });

  it('is away, not empty, once what was read of it is gone', async () => {
    const store = fresh();
    const registry = new Registry(store, { model: 'iris' });
    const { number } = await registry.publish({
      files: releaseFiles(),
      lineage: { data: null, commit: null, parent: null },
      who: 'test',
    });
    const by = { who: 'test', reason: '' };
    await registry.setAlias('champion', number, by);
    // as of a volume that is not mounted any more
    renameSync(store.place, `${store.place}-away`);
    await expect(registry.current()).rejects.toThrow(StoreUnavailableError);
    await expect(registry.judge(number, true, by)).rejects.toThrow(StoreUnavailableError);
    expect(existsSync(store.place)).toBe(false);
    renameSync(`${store.place}-away`, store.place);
    expect((await registry.judge(number, true, by)).revision).toBe(2);
    expect((await registry.current()).revision).toBe(2);
  });

  it('is believed when it was restored, though older than what was read', async () => {
    const store = fresh();
    const registry = new Registry(store, { model: 'iris' });
    const lineage = { data: null, commit: null, parent: null };
    for (const note of ['one', 'two']) await registry.publish({ files: releaseFiles({ note }), lineage, who: 'test' });
    const by = { who: 'test', reason: '' };
    await registry.setAlias('champion', 1, by);
    cpSync(store.place, `${store.place}-backup`, { recursive: true });
    await registry.setAlias('challenger', 2, by);
    await registry.setAlias('champion', 2, by);
    rmSync(store.place, { recursive: true });
    renameSync(`${store.place}-backup`, store.place);
    expect(await registry.current()).toMatchObject({
      revision: 1,
      state: { aliases: { champion: 1, challenger: null } },
    });
    expect(await registry.setAlias('challenger', 2, by)).toMatchObject({ revision: 2 });
  });

  it('lists 1,000 releases', async () => {
    const store = fresh();
    const registry = new Registry(store, { model: 'iris' });
    const first = await registry.publish({
      files: releaseFiles(),
      lineage: { data: null, commit: null, parent: null },
      who: 'test',
    });
    for (let number = 2; number <= 1000; number++)
      await store.put(
        `iris/releases/${String(number).padStart(8, '0')}.json`,
        Buffer.from(JSON.stringify({ ...first, number })),
      );
    const list = await new Registry(store, { model: 'iris' }).releases();
    expect([list.length, list[0]?.number]).toEqual([1000, 1000]);
  });
});

describe('processes that are killed while they publish and promote', () => {
  it('leave whole releases, and one state', async () => {
    const store = fresh();
    const registry = new Registry(store, { model: 'iris' });
    for (let i = 0; i < 12; i++) {
      const child = execFile(process.execPath, [restlessWriter, store.place]);
      let published = 0;
      child.stdout?.on('data', (lines: string) => {
        published += lines.split('\n').length - 1;
      });
      await until(() => expect(published).toBeGreaterThan(i % 3));
      // somewhere in the middle of a step, another one each time
      await sleep(2 * i);
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      for (const release of await registry.releases())
        for (const name of Object.keys(release.files)) await registry.file(release, name);
      const { state } = await new Registry(store, { model: 'iris' }).current();
      const { champion, challenger } = state.aliases;
      for (const number of [champion, challenger]) if (number !== null) await registry.release(number);
    }
    const numbers = (await registry.releases()).map(({ number }) => number);
    expect(numbers.length).toBeGreaterThan(3);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers[0]).toBe(numbers.length);
    await registry.setAlias('champion', 1, { who: 'test', reason: '' });
    expect((await registry.current()).state.aliases.champion).toBe(1);
  }, 300_000);
});
