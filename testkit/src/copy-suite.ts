import { hash } from 'node:crypto';
import { copyRegistry } from '@coppice/registry/copy-registry';
import { BrokenReleaseError, ChangeRefusedError, RegistryConflictError } from '@coppice/registry/errors';
import { Registry } from '@coppice/registry/registry';
import type { ObjectStore } from '@coppice/registry/stores/object-store';
import { describe, expect, it } from 'vitest';
import { releaseFiles } from './release-files.ts';

const by = { who: 'test', reason: 'why' };

/** A registry with three releases, one of them pruned, and a word of every kind about them. */
export async function fillRegistry(store: ObjectStore, model = 'iris'): Promise<Registry> {
  const day = { at: Date.parse('2026-01-01') };
  const registry = new Registry(store, { model, now: () => day.at });
  for (const shift of [0, 1, 2, 3]) {
    const lineage = { data: null, commit: 'abc', parent: shift || null };
    await registry.publish({ files: releaseFiles({ shift, note: `note ${shift}` }), lineage, who: 'test' });
  }
  await registry.setAlias('champion', 2, by);
  await registry.setAlias('challenger', 3, by);
  await registry.judge(3, true, by);
  await registry.tag(3, 'team', 'fraud', by);
  await registry.promote({ weights: { v1: 90, v2: 10 }, approval: 'required' }, by);
  day.at += 200 * 24 * 3_600_000;
  await registry.prune({ keep: 1, days: 90 }, by);
  return registry;
}

/** What copies between stores must do. `from` and `to` give an empty store. */
export function copySuite(name: string, from: () => Promise<ObjectStore>, to: () => Promise<ObjectStore>): void {
  describe(`a copy from ${name}`, () => {
    const start = async () => {
      const [source, target] = [await from(), await to()];
      return { source, target, registry: await fillRegistry(source) };
    };

    it('has every object, and every release, alias, approval, tag and change under its number', async () => {
      const { source, target, registry } = await start();
      const seen: string[] = [];
      const copied = await copyRegistry(source, target, { progress: (at) => seen.push(`${at.releases} of ${at.of}`) });
      const { revision } = await registry.current();
      expect(copied).toEqual([{ model: 'iris', releases: 3, written: 3, bytes: expect.any(Number), revision }]);
      expect(seen).toEqual(['1 of 3', '2 of 3', '3 of 3']);
      expect(await objects(target)).toEqual(await objects(source));
      const there = new Registry(target, { model: 'iris' });
      expect(await there.releases()).toEqual(await registry.releases());
      expect((await there.releases()).map(({ number }) => number)).toEqual([4, 3, 2]);
      expect(await there.current()).toEqual(await registry.current());
      expect(await there.audit()).toEqual(await registry.audit());
      expect((await there.publish({ files: releaseFiles(), lineage: nothing, who: 'test' })).number).toBe(5);
    });

    it('writes nothing when it is repeated, and later only what is new', async () => {
      const { source, target, registry } = await start();
      await copyRegistry(source, target);
      expect(await copyRegistry(source, target)).toMatchObject([{ releases: 3, written: 0, bytes: 0 }]);
      await registry.publish({ files: releaseFiles({ shift: 9 }), lineage: nothing, who: 'test' });
      await registry.setAlias('challenger', 5, by);
      expect(await copyRegistry(source, target)).toMatchObject([{ releases: 4, written: 1 }]);
      expect(await objects(target)).toEqual(await objects(source));
    });

    it('loses what was pruned since, and nothing that was published there', async () => {
      const { source, target } = await start();
      await copyRegistry(source, target);
      const later = new Registry(source, { model: 'iris', now: () => Date.parse('2027-06-01') });
      await later.publish({ files: releaseFiles({ shift: 9 }), lineage: nothing, who: 'test' });
      await later.setAlias('champion', 5, by);
      expect(await later.prune({ keep: 1, days: 0 }, by)).toEqual([4]);
      await copyRegistry(source, target);
      expect(await objects(target)).toEqual(await objects(source));
      await new Registry(target, { model: 'iris' }).publish({ files: releaseFiles(), lineage: nothing, who: 'other' });
      await expect(copyRegistry(source, target)).rejects.toThrow(/has a release 6 of iris that .* lacks/);
    });

    it('that ends at any of its writes is a registry of today or none, and goes on when it is repeated', async () => {
      const { source, registry } = await start();
      const { revision } = await registry.current();
      const all = (await objects(source)).length;
      for (let writes = 0; writes < all; writes += 2) {
        const target = await to();
        await expect(copyRegistry(source, ending(target, writes))).rejects.toThrow('the process ended');
        expect([0, revision]).toContain((await new Registry(target, { model: 'iris' }).current()).revision);
        await copyRegistry(source, target);
        expect(await objects(target)).toEqual(await objects(source));
      }
    });

    it('refuses a target with a release or a change of its own, and leaves it as it is', async () => {
      const { source, target } = await start();
      const other = new Registry(target, { model: 'iris' });
      await other.publish({ files: releaseFiles({ shift: 7 }), lineage: nothing, who: 'other' });
      const before = await objects(target);
      await expect(copyRegistry(source, target)).rejects.toThrow(/has a release 1 of iris that .* lacks/);
      expect(await objects(target)).toEqual(before);
      const copied = await to();
      await copyRegistry(source, copied);
      await new Registry(copied, { model: 'iris' }).tag(4, 'a', 'b', by);
      await expect(copyRegistry(source, copied)).rejects.toThrow(/has a change 7 of iris that .* lacks/);
      await new Registry(source, { model: 'iris' }).tag(4, 'a', 'c', by);
      await expect(copyRegistry(source, copied)).rejects.toThrow(ChangeRefusedError);
    });

    it('replaces a file that lost bytes in the target, and stops at one that lost them in the source', async () => {
      const { source, target, registry } = await start();
      await copyRegistry(source, target);
      const [newest] = await registry.releases();
      const key = `iris/blobs/${newest?.files['report/note.txt']?.sha256}`;
      await target.put(key, Buffer.from('half'));
      await copyRegistry(source, target);
      expect(await objects(target)).toEqual(await objects(source));
      await source.put(key, Buffer.from('half'));
      const empty = await to();
      await expect(copyRegistry(source, empty)).rejects.toThrow(BrokenReleaseError);
      expect((await new Registry(empty, { model: 'iris' }).releases()).map(({ number }) => number)).toEqual([3, 2]);
    });

    it('takes up what is published and changed while it runs, and says so when that never ends', async () => {
      const { source, target, registry } = await start();
      let [turn, most] = [0, 1];
      const progress = async () => {
        if (turn++ < most) await registry.tag(4, 'turn', String(turn), by);
      };
      await copyRegistry(awaiting(source, progress), target);
      expect(await objects(target)).toEqual(await objects(source));
      most = Number.POSITIVE_INFINITY;
      await expect(copyRegistry(awaiting(source, progress), await to())).rejects.toThrow(RegistryConflictError);
    });

    it('takes all models, or the one that is named', async () => {
      const { source, target } = await start();
      await expect(copyRegistry(source, target, { model: 'wine' })).rejects.toThrow(/has no release of wine/);
      await expect(copyRegistry(source, source)).rejects.toThrow(/is both source and target/);
      await source.put('wine/releases/00000001.json', Buffer.from('{}'));
      expect(await copyRegistry(source, target, { model: 'iris' })).toHaveLength(1);
      await expect(copyRegistry(source, target)).rejects.toThrow(/release 1 of wine .* has no valid manifest/);
    });
  });
}

const nothing = { data: null, commit: null, parent: null };

/** Keys and the SHA-256 of their bytes, without files that no release has any more. */
export async function objects(store: ObjectStore): Promise<[string, string][]> {
  const keys = (await store.list('')).map(({ key }) => key);
  const all = await Promise.all(keys.map(async (key) => [key, (await store.read(key)) ?? Buffer.from('')] as const));
  const manifests = all.filter(([key]) => key.includes('/releases/')).map(([, bytes]) => Buffer.from(bytes).toString());
  const used = manifests.join('');
  return all
    .filter(([key]) => !key.includes('/blobs/') || used.includes(key.split('/').at(-1) as string))
    .map(([key, bytes]) => [key, hash('sha256', bytes)]);
}

/** The store of a process that is killed after so many writes. */
function ending(store: ObjectStore, writes: number): ObjectStore {
  let left = writes;
  const write = <T>(work: () => Promise<T>) => (left-- > 0 ? work() : Promise.reject(new Error('the process ended')));
  return {
    ...{ place: store.place, read: (key) => store.read(key), list: (...args) => store.list(...args) },
    ...{ remove: (key) => store.remove(key) },
    create: (...args) => write(() => store.create(...args)),
    put: (...args) => write(() => store.put(...args)),
  };
}

/** A store with which something else happens before a change is read. */
function awaiting(store: ObjectStore, work: () => Promise<void>): ObjectStore {
  return {
    ...{ place: store.place, put: (...args) => store.put(...args), remove: (key) => store.remove(key) },
    ...{ create: (...args) => store.create(...args), list: (...args) => store.list(...args) },
    async read(key) {
      if (key.includes('/changes/')) await work();
      return store.read(key);
    },
  };
}
