import type { AuditEntry } from '@coppice/contract';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { CurrentEpoch } from '../accounting/current-epoch.ts';
import type { ControlState, ControlStore } from '../storage/port/control-store.ts';
import { TrafficSplit } from '../traffic/traffic-split.ts';
import { Control } from './control.ts';
import { ConflictError } from './control-errors.ts';

const even = { v1: 50, v2: 50 };

/** Stores of gateways on one database, as with PostgreSQL: what one saves reaches the others. */
function sharedStores() {
  let state: ControlState | null = null;
  const entries: AuditEntry[] = [];
  const listeners = new Map<ControlStore, (state: ControlState) => void>();
  /** `deaf`: changes of other gateways have not arrived yet. */
  return (deaf = false): ControlStore => {
    const store: ControlStore = {
      load: async () => state,
      async save(next, change) {
        if (state && state.revision !== next.revision - 1) return false;
        state = structuredClone(next);
        entries.unshift({
          id: entries.length + 1,
          time: new Date(0).toISOString(),
          revision: next.revision,
          ...change,
        });
        for (const [other, listener] of listeners) if (other !== store) listener(state);
        return true;
      },
      audit: async (limit, beforeId = Number.POSITIVE_INFINITY) =>
        entries.filter(({ id }) => id < beforeId).slice(0, limit),
      onChange: (listener) => void (deaf || listeners.set(store, listener)),
    };
    return store;
  };
}

async function start(store: ControlStore, weights: Record<string, number> = even) {
  const versions = Object.keys(weights).map((name) => ({
    ...{ name, available: true, ready: true, ejectedUntil: null, reason: null },
    mayRisk: false,
    ...{ required: [], unfitRequests: 0 },
  }));
  const traffic = new TrafficSplit({ versions, weights, salt: 'iris' });
  const auth = { api_key: false, admin: true };
  const environment = { weights, shadow: null };
  const epoch = new CurrentEpoch(['v1', 'v2']);
  const deps = { model: 'iris', traffic, store, environment, auth, epoch, now: Date.now };
  const control = new Control({ ...deps, log: pino({ level: 'silent' }) });
  await control.start();
  return { control, traffic };
}

describe('gateways on one database', () => {
  it('take over what another one changed', async () => {
    const store = sharedStores();
    const a = await start(store());
    const b = await start(store());
    await a.control.patch({ preset: 'rollback', shadow: 'v2', reason: 'x' }, 'admin');
    expect([b.traffic.weights(), b.traffic.shadow()]).toEqual([{ v1: 100, v2: 0 }, 'v2']);
    expect(b.control.view().revision).toBe(a.control.view().revision);
  });

  it('ignore changes after their stop', async () => {
    const store = sharedStores();
    const a = await start(store());
    const b = await start(store());
    await b.control.stop();
    await a.control.patch({ preset: 'rollback', reason: 'x' }, 'admin');
    expect(b.traffic.weights()).toEqual(even);
  });

  it('change on top of a change that they had not received, unless a revision was named', async () => {
    const store = sharedStores();
    const deaf = await start(store(true));
    const other = await start(store());
    await other.control.patch({ preset: 'full', shadow: 'v1', reason: 'x' }, 'admin');
    const stale = deaf.control.patch({ preset: 'canary', reason: 'x', revision: 1 }, 'admin');
    await expect(stale).rejects.toThrow(ConflictError);
    expect(deaf.traffic.weights()).toEqual({ v1: 0, v2: 100 });

    await other.control.patch({ preset: 'equal', reason: 'x' }, 'admin');
    const view = await deaf.control.patch({ preset: 'canary', reason: 'x' }, 'admin');
    expect(view).toMatchObject({ revision: 4, weights: { v1: 90, v2: 10 }, shadow: 'v1' });
  });

  it('ignore versions that they do not have, and weights that give theirs nothing', async () => {
    const store = sharedStores();
    const two = await start(store());
    const three = await start(store(), { ...even, v3: 50 });
    await three.control.patch({ weights: { v1: 1, v2: 2, v3: 7 }, shadow: 'v3', reason: 'x' }, 'admin');
    expect([two.traffic.weights(), two.traffic.shadow()]).toEqual([{ v1: 1, v2: 2 }, null]);
    await three.control.patch({ preset: 'full', reason: 'x' }, 'admin');
    expect(two.traffic.weights()).toEqual({ v1: 1, v2: 2 });
    expect(two.control.view().revision).toBe(three.control.view().revision);
  });
});
