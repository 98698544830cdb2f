import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import {
  BrokenReleaseError,
  ChangeRefusedError,
  RegistryConflictError,
  UnknownReleaseError,
} from '@coppice/registry/errors';
import { Registry } from '@coppice/registry/registry';
import type { ObjectStore } from '@coppice/registry/stores/object-store';
import { describe, expect, it } from 'vitest';
import { releaseFiles } from './release-files.ts';

const by = { who: 'test', reason: '' };
const lineage = { data: null, commit: null, parent: null };
const DAY = 24 * 3_600_000;

/** A program that changes the registry in the folder of its argument until it is killed. */
export const restlessWriter = fileURLToPath(new URL('./restless-writer.ts', import.meta.url));

/** What every kind of store must do under a registry. `open` gives an empty one. */
export function registrySuite(name: string, open: () => Promise<ObjectStore>): void {
  describe(`a registry in ${name}`, () => {
    const start = async (now?: () => number) => {
      const store = await open();
      const again = () => new Registry(store, { model: 'iris', ...(now ? { now } : {}) });
      return { store, registry: again(), again };
    };
    const publish = (registry: Registry, note = '') =>
      registry.publish({ files: releaseFiles({ note }), lineage, who: 'test' });

    it('numbers releases from 1, and keeps their files as they were published', async () => {
      const { registry, again } = await start();
      expect(await registry.releases()).toEqual([]);
      const first = await publish(registry, 'one');
      const second = await publish(registry, 'two');
      expect([first.number, second.number]).toEqual([1, 2]);
      const list = await again().releases();
      expect(list).toEqual([second, first]);
      expect(first.summary).toMatchObject({ features: 2, classes: ['a', 'b'], accuracy: 1 });
      const text = async (release: typeof first) =>
        Buffer.from(await again().file(release, 'report/note.txt')).toString();
      expect([await text(first), await text(second)]).toEqual(['one', 'two']);
      expect(Buffer.from(await registry.file(first, 'model.onnx'))).toEqual(releaseFiles().get('model.onnx'));
    });

    it('gives each of many that publish at once a number of its own', async () => {
      const { again } = await start();
      const published = await Promise.all(Array.from({ length: 6 }, (_, i) => publish(again(), String(i))));
      expect(published.map(({ number }) => number).sort()).toEqual([1, 2, 3, 4, 5, 6]);
      expect((await again().releases()).map(({ number }) => number)).toEqual([6, 5, 4, 3, 2, 1]);
    });

    it('has no release of which only a part was uploaded', async () => {
      const { store, registry } = await start();
      const failing: ObjectStore = {
        ...{ place: store.place, put: (...args) => store.put(...args), read: (key) => store.read(key) },
        ...{ list: (...args) => store.list(...args), remove: (key) => store.remove(key) },
        create: () => Promise.reject(new Error('the process ended')),
      };
      await expect(publish(new Registry(failing, { model: 'iris' }))).rejects.toThrow('the process ended');
      expect(await registry.releases()).toEqual([]);
      expect((await publish(registry)).number).toBe(1);
    });

    it('refuses files that are no release', async () => {
      const { registry } = await start();
      const refused = (change: (files: Map<string, Uint8Array>) => void) => {
        const files = releaseFiles();
        change(files);
        return expect(registry.publish({ files, lineage, who: 'test' })).rejects;
      };
      await refused((files) => files.delete('model.onnx')).toThrow(ChangeRefusedError);
      await refused((files) => files.set('model.onnx', Buffer.from('other'))).toThrow(/not the file that/);
      await refused((files) => files.set('model-card.json', Buffer.from('{}'))).toThrow(/not a model card/);
      await refused((files) => files.set('../escape', Buffer.from(''))).toThrow(/not a name of a file/);
      expect(await registry.releases()).toEqual([]);
    });

    it('notices a file that is gone, or not what was published', async () => {
      const { store, registry } = await start();
      const release = await publish(registry);
      const blob = (name: string) => `iris/blobs/${release.files[name]?.sha256}`;
      await store.put(blob('model.onnx'), Buffer.from('spoiled'));
      await expect(registry.file(release, 'model.onnx')).rejects.toThrow(BrokenReleaseError);
      await store.remove(blob('model-card.json'));
      await expect(registry.file(release, 'model-card.json')).rejects.toThrow(/is missing/);
      await expect(registry.file(release, 'other')).rejects.toThrow(UnknownReleaseError);
      await expect(registry.release(7)).rejects.toThrow(UnknownReleaseError);
    });

    it('sets aliases by compare-and-set, and says who did what', async () => {
      const { registry, again } = await start();
      await publish(registry);
      await publish(registry, 'two');
      await registry.setAlias('champion', 1, by, null);
      await again().setAlias('challenger', 2, { who: 'ann', reason: 'looks good' });
      expect((await registry.current()).state.aliases).toEqual({ champion: 1, challenger: 2 });
      await expect(registry.setAlias('champion', 2, by, null)).rejects.toThrow(RegistryConflictError);
      await expect(registry.setAlias('champion', 9, by)).rejects.toThrow(UnknownReleaseError);
      await registry.setAlias('champion', 1, by);
      expect(await again().audit()).toMatchObject([
        { revision: 2, who: 'ann', action: 'alias', what: 'challenger: none → 2', reason: 'looks good' },
        { revision: 1, who: 'test', what: 'champion: none → 1' },
      ]);
    });

    it('lets one of many win that change it at once', async () => {
      const { registry, again } = await start();
      await publish(registry);
      await publish(registry, 'two');
      await registry.setAlias('champion', 1, by);
      const rivals = Array.from({ length: 6 }, again);
      await Promise.all(rivals.map((rival) => rival.current()));
      const results = await Promise.allSettled(rivals.map((rival) => rival.setAlias('champion', 2, by, 1)));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(RegistryConflictError);
      expect((await again().current()).revision).toBe(2);
    });

    it('promotes an approved challenger, and takes it back once', async () => {
      const { registry, again } = await start();
      await publish(registry);
      await publish(registry, 'two');
      await registry.setAlias('champion', 1, by);
      const promote = (approval: 'required' | 'auto' = 'required') =>
        registry.promote({ weights: { v1: 90, v2: 10 }, approval }, by);
      await expect(promote()).rejects.toThrow('there is no challenger');
      await registry.setAlias('challenger', 2, by);
      await expect(promote()).rejects.toThrow('release 2 is not approved');
      await registry.judge(2, false, { who: 'ann', reason: 'too slow' });
      await expect(promote('auto')).rejects.toThrow('release 2 was rejected by ann: too slow');
      await registry.judge(2, true, { who: 'ann', reason: '' });
      expect((await promote()).state).toMatchObject({ aliases: { champion: 2, challenger: 2 } });
      await expect(promote()).rejects.toThrow('release 2 is champion already');
      expect((await again().current()).state.previous).toEqual({
        champion: 1,
        challenger: 2,
        weights: { v1: 90, v2: 10 },
      });
      expect((await registry.rollback(by)).state).toMatchObject({
        aliases: { champion: 1, challenger: 2 },
        previous: null,
      });
      await expect(registry.rollback(by)).rejects.toThrow('there is no earlier champion');
    });

    it('lets one of many that promote at once win, and remembers until its end what is still to be done', async () => {
      const { registry, again } = await start();
      await publish(registry);
      await publish(registry, 'two');
      await registry.begin([1, 2], 'example', by);
      const promote = (one: Registry) =>
        one.promote({ release: 2, weights: null, approval: 'required', approve: true, sets: { v1: 100 } }, by);
      const results = await Promise.allSettled(Array.from({ length: 6 }, () => promote(again())));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const { revision, state } = await again().current();
      expect({ revision, ...state }).toMatchObject({
        ...{ revision: 2, aliases: { champion: 2, challenger: 2 }, approvals: { 2: { approved: true } } },
        pending: { change: 'promote', release: 2, weights: { v1: 100 }, who: 'test' },
      });
      const { pending } = state;
      if (!pending) throw new Error('nothing is pending');
      expect((await registry.rollback(by, { sets: { v1: 50 } })).state.pending).toMatchObject({ change: 'rollback' });
      expect((await again().finish(pending, by)).state.pending).toMatchObject({ change: 'rollback', release: 1 });
      await registry.setAlias('champion', 2, by);
      expect((await again().current()).state.pending).toBeNull();
    });

    it('refuses every change that was decided on another revision', async () => {
      const { registry, again } = await start();
      await publish(registry);
      await publish(registry, 'two');
      await registry.begin([1, 2], 'example', by);
      const old = { ...by, revision: 0 };
      for (const changed of [
        () => again().setAlias('challenger', null, old),
        () => again().judge(2, true, old),
        () => again().tag(2, 'a', 'b', old),
        () => again().promote({ weights: null, approval: 'auto' }, old),
        () => again().rollback(old),
      ])
        await expect(changed()).rejects.toThrow(
          new RegistryConflictError('revision 0 of the registry is outdated: 1 is current'),
        );
      expect((await registry.judge(2, true, { ...by, revision: 1 })).revision).toBe(2);
    });

    it('lists the newest releases only, when asked for few', async () => {
      const { registry, again } = await start();
      for (let i = 1; i <= 3; i++) await publish(registry, String(i));
      expect((await again().releases(2)).map(({ number }) => number)).toEqual([3, 2]);
    });

    it('begins with a champion and a challenger, once', async () => {
      const { registry, again } = await start();
      await publish(registry);
      await publish(registry, 'two');
      const begun = await Promise.all([again(), again(), again()].map((one) => one.begin([1, 2], 'example', by)));
      expect(begun.filter(Boolean)).toHaveLength(1);
      const { revision, state } = await again().current();
      expect({ revision, ...state }).toMatchObject({
        ...{ revision: 1, aliases: { champion: 1, challenger: 2 } },
        tags: { 1: { note: 'example' }, 2: { note: 'example' } },
      });
      expect(await registry.begin([2], 'example', by)).toBe(false);
    });

    it('tags releases', async () => {
      const { registry } = await start();
      await publish(registry);
      await registry.tag(1, 'note', 'not approved: example', by);
      await registry.tag(1, 'team', 'x', by);
      await registry.tag(1, 'team', '', by);
      expect((await registry.current()).state.tags).toEqual({ 1: { note: 'not approved: example' } });
    });

    it('prunes what is old, has no alias and is not among the newest, with the files that nothing else names', async () => {
      let now = Date.now();
      const { store, registry, again } = await start(() => now);
      for (let i = 1; i <= 5; i++) await publish(registry, String(i));
      await registry.setAlias('champion', 1, by);
      expect(await registry.prune({ keep: 2, days: 90 }, by)).toEqual([]);
      now += 91 * DAY;
      await registry.tag(2, 'a', 'b', by);
      expect(await again().prune({ keep: 2, days: 90 }, by)).toEqual([3, 2]);
      expect((await again().releases()).map(({ number }) => number)).toEqual([5, 4, 1]);
      for (const release of await again().releases())
        for (const name of Object.keys(release.files)) expect(await again().file(release, name)).toBeDefined();
      expect((await again().current()).state.tags).toEqual({});
      // model and card are shared, a note is each one's own
      expect(await store.list('iris/blobs/')).toHaveLength(2 + 3);
      expect((await publish(again(), '6')).number).toBe(6);
    });

    it('keeps models apart', async () => {
      const { store, registry } = await start();
      await publish(registry);
      expect(await new Registry(store, { model: 'iris2' }).releases()).toEqual([]);
      await expect(
        new Registry(store, { model: 'iris2' }).publish({ files: releaseFiles(), lineage, who: 'x' }),
      ).rejects.toThrow(/describes iris, and this is iris2/);
    });

    it('creates an object once, whole, and lists in the order of keys', async () => {
      const { store } = await start();
      const bytes = Buffer.alloc(3_000_000, 7);
      const created = await Promise.all(Array.from({ length: 8 }, () => store.create('x/b', bytes)));
      expect(created.filter(Boolean)).toHaveLength(1);
      await store.put('x/a', Buffer.from('a'));
      await store.put('x/c', Buffer.from('c'));
      await store.put('y', Buffer.from('y'));
      const keys = async (...args: Parameters<ObjectStore['list']>) =>
        (await store.list(...args)).map(({ key }) => key);
      expect(await keys('x/')).toEqual(['x/a', 'x/b', 'x/c']);
      expect(await keys('x/', 'x/a')).toEqual(['x/b', 'x/c']);
      const sha = (value: Uint8Array | null) =>
        createHash('sha256')
          .update(value ?? '')
          .digest('hex');
      expect(sha(await store.read('x/b'))).toBe(sha(bytes));
      await store.remove('x/b');
      await store.remove('x/b');
      expect(await store.read('x/b')).toBeNull();
    });
  });
}
