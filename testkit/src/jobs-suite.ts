import type { Lease } from '@coppice/registry/lease';
import { Registry } from '@coppice/registry/registry';
import type { ObjectStore } from '@coppice/registry/stores/object-store';
import { describe, expect, it } from 'vitest';

const job = {
  ...{
    cause: { kind: 'command' as const, text: 'test' },
    who: 'test',
    started_at: '2026-03-01T00:00:00.000Z',
    ended_at: null,
  },
  ...{ state: 'running' as const, decision: '', release: null, rows: null, gate: [], data: null },
};

/** What every kind of store must do under the jobs of a registry and their lease. `open` gives an empty one. */
export function jobsSuite(name: string, open: () => Promise<ObjectStore>): void {
  describe(`retraining jobs in ${name}`, () => {
    const start = async (now: () => number = Date.now) => {
      const store = await open();
      const again = () => new Registry(store, { model: 'iris', now });
      return { registry: again(), again };
    };

    it('keeps jobs under numbers, each with its log, the newest first', async () => {
      const { registry, again } = await start();
      expect([await registry.jobs(), await registry.job(1), await registry.jobLog(1)]).toEqual([[], null, []]);
      const begun = await Promise.all(Array.from({ length: 3 }, () => again().beginJob(job)));
      expect(begun.map(({ id }) => id).sort()).toEqual([1, 2, 3]);
      expect((await again().jobs(2)).map(({ id, state }) => [id, state])).toEqual([
        [3, 'running'],
        [2, 'running'],
      ]);
      const ended = { ...job, id: 2, model: 'iris', state: 'refused' as const, decision: 'Too few rows.' };
      await registry.keepJob(ended);
      await registry.keepJobLog(2, ['first', 'second']);
      expect(await again().job(2)).toEqual(ended);
      expect(await again().jobLog(2)).toEqual(['first', 'second']);
    });

    it('gives a lease to one of many, until it is given back or expires', async () => {
      let now = Date.parse('2026-03-01T00:00:00Z');
      const { again } = await start(() => now);
      const rivals = Array.from({ length: 5 }, (_, i) => again().lease('retraining', `process ${i}`));
      const taken = await Promise.all(rivals.map((lease) => lease.hold(1000)));
      expect(taken.filter(Boolean)).toHaveLength(1);
      const [holder, other] = [rivals[taken.indexOf(true)], rivals[taken.indexOf(false)]] as [Lease, Lease];
      now += 900;
      expect([await holder.hold(1000), await other.hold(1000)]).toEqual([true, false]);
      expect(await other.holder()).toBe(`process ${taken.indexOf(true)}`);
      now += 900;
      expect([holder.isHeld, await other.hold(1000)]).toEqual([true, false]);
      await holder.release();
      expect(await other.hold(1000)).toBe(true);
      expect([await holder.hold(1000), holder.isHeld]).toEqual([false, false]);
      // it died
      now += 1000;
      expect([other.isHeld, await holder.hold(1000), await other.hold(1000)]).toEqual([false, true, false]);
      expect(await again().lease('other', 'x').hold(1000)).toBe(true);
    });
  });
}
