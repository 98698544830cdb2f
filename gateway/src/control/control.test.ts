import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configView } from '@coppice/contract';
import { HttpError } from '@coppice/serverkit';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CurrentEpoch } from '../accounting/current-epoch.ts';
import { toClientError } from '../endpoints/client-errors.ts';
import { openStorage } from '../storage/open-storage.ts';
import { readStorageConfig } from '../storage/port/storage-config.ts';
import { TrafficSplit } from '../traffic/traffic-split.ts';
import { Control } from './control.ts';

type Weights = Record<string, number>;
const log = pino({ level: 'silent' });
const even = { v1: 50, v2: 50 };
const canary = { v1: 90, v2: 10 };
const rollback = { v1: 100, v2: 0 };

let dataDir: string;
const stops: (() => Promise<void>)[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'coppice-control-'));
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  rmSync(dataDir, { recursive: true });
});

/** A gateway's control side over the real database; starting it again on the same directory is a restart. */
async function start(weights: Weights = even, shadow: string | null = null, folder = dataDir) {
  const versions = Object.keys(weights).map((name) => ({
    ...{ name, available: true, ready: true, ejectedUntil: null, reason: null },
    mayRisk: false,
    ...{ required: [], unfitRequests: 0 },
  }));
  const traffic = new TrafficSplit({ versions, weights, shadow, salt: 'iris' });
  const storage = await openStorage(readStorageConfig({ DATA_DIR: folder }), { log, onWritable: () => {} });
  const environment = { weights, shadow };
  const control = new Control({
    model: 'iris',
    traffic,
    store: storage.control,
    environment,
    auth: { api_key: false, admin: true },
    epoch: new CurrentEpoch(Object.keys(weights)),
    now: Date.now,
    log,
  });
  await control.start();
  let stopped = false;
  const stop = async () => {
    if (stopped) return;
    stopped = true;
    await control.stop();
    await storage.close();
  };
  stops.push(stop);
  return { control, traffic, stop };
}

async function refusal(change: Promise<unknown>) {
  const error = await change.then(
    () => undefined,
    (thrown) => toClientError(thrown),
  );
  if (!(error instanceof HttpError)) throw new Error('it was not refused', { cause: error });
  return { status: error.status, detail: error.message, pointer: error.errors?.[0]?.pointer };
}

describe('a change', () => {
  it('is in force once it is answered, and audited', async () => {
    const { control, traffic } = await start();
    const view = await control.patch({ weights: canary, reason: 'try v2' }, 'admin@::1');
    expect(traffic.weights()).toEqual(canary);
    expect(configView.parse(view)).toMatchObject({ revision: 2, weights: canary, mode: 'canary', shadow: null });
    const [last, first] = await control.audit(10);
    expect(last).toMatchObject({
      ...{ revision: 2, who: 'admin@::1', action: 'weights', reason: 'try v2' },
      ...{ from: { weights: even, shadow: null }, to: { weights: canary, shadow: null } },
    });
    expect(first).toMatchObject({ revision: 1, who: 'environment', reason: 'first start', from: null });
  });

  it('may name a preset, or a shadow, or both', async () => {
    const { control, traffic } = await start();
    await control.patch({ preset: 'rollback', shadow: 'v2', reason: 'v2 is wrong' }, 'admin');
    expect([traffic.weights(), traffic.shadow()]).toEqual([rollback, 'v2']);
    await control.patch({ shadow: null, reason: 'seen enough' }, 'admin');
    expect([traffic.weights(), traffic.shadow()]).toEqual([rollback, null]);
    expect((await control.audit(2)).map(({ action }) => action)).toEqual(['shadow', 'preset rollback']);
  });

  it('lists all changes since a time, over the pages of the audit', async () => {
    const { control } = await start();
    for (let i = 0; i < 205; i++) await control.patch({ weights: { v1: i + 1, v2: 1 }, reason: 'try' }, 'admin');
    expect(await control.auditSince(0)).toHaveLength(206);
    const [newest] = await control.audit(1);
    const last = Date.parse(newest?.time as string);
    expect((await control.auditSince(last)).every(({ time }) => Date.parse(time) === last)).toBe(true);
    expect(await control.auditSince(last + 1)).toEqual([]);
  });

  it('pages its audit', async () => {
    const { control } = await start();
    for (const preset of ['canary', 'full', 'rollback'] as const)
      await control.patch({ preset, reason: 'go' }, 'admin');
    const [newest, second] = await control.audit(2);
    expect([newest?.revision, second?.revision]).toEqual([4, 3]);
    expect((await control.audit(2, second?.id)).map(({ revision }) => revision)).toEqual([2, 1]);
  });

  it('is refused as a whole when a part of it is invalid', async () => {
    const { control, traffic } = await start();
    const refused = await refusal(control.patch({ weights: canary, shadow: 'v3', reason: 'x' }, 'admin'));
    expect(refused).toMatchObject({ status: 400, pointer: '/shadow' });
    expect([traffic.weights(), traffic.shadow(), control.view().revision]).toEqual([even, null, 1]);
    expect(await control.audit(10)).toHaveLength(1);
  });
});

describe('the revision', () => {
  it('passes a change that saw the newest state, and shows a stale one who came first', async () => {
    const { control, traffic } = await start();
    await control.patch({ preset: 'canary', reason: 'a canary', revision: 1 }, 'admin@10.0.0.7');
    const refused = await refusal(control.patch({ preset: 'full', reason: 'x', revision: 1 }, 'admin'));
    expect(refused).toMatchObject({ status: 409, pointer: '/revision' });
    expect(refused.detail).toMatch(/^Revision 1 is outdated: revision 2 was set by admin@10\.0\.0\.7 at /);
    expect(refused.detail).toContain('a canary');
    expect(traffic.weights()).toEqual(canary);
  });

  it('lets exactly one of many at once win', async () => {
    const { control } = await start();
    const tries = Array.from({ length: 8 }, () => control.patch({ preset: 'full', reason: 'x', revision: 1 }, 'admin'));
    const results = await Promise.allSettled(tries);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(control.view().revision).toBe(2);
  });

  it('goes up with changes that name none, too', async () => {
    const { control } = await start();
    const tries = Array.from({ length: 8 }, () => control.patch({ preset: 'full', reason: 'x' }, 'admin'));
    expect((await Promise.all(tries)).map(({ revision }) => revision)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe('last intent wins across restarts', () => {
  /** Each word is an event: env even/env canary = a start with these weights, patch = rollback at run time. */
  async function after(...events: ('even' | 'canary' | 'patch')[]) {
    let gateway: Awaited<ReturnType<typeof start>> | undefined;
    for (const event of events) {
      if (event === 'patch') {
        await gateway?.control.patch({ preset: 'rollback', reason: 'v2 is wrong' }, 'admin');
        continue;
      }
      await gateway?.stop();
      gateway = await start(event === 'even' ? even : canary);
    }
    if (!gateway) throw new Error('nothing was started');
    return gateway;
  }

  it('the environment, when nothing was set at run time', async () => {
    expect((await after('even', 'canary')).traffic.weights()).toEqual(canary);
  });

  it('the run time, when the environment stays the same', async () => {
    const { control, traffic } = await after('even', 'patch', 'even', 'even');
    expect(traffic.weights()).toEqual(rollback);
    expect(control.view().revision).toBe(2);
  });

  it('the environment, when it changed after the run time', async () => {
    const { control, traffic } = await after('even', 'patch', 'canary');
    expect(traffic.weights()).toEqual(canary);
    expect((await control.audit(1))[0]).toMatchObject({
      ...{ revision: 3, who: 'environment', action: 'weights' },
      ...{ from: { weights: rollback, shadow: null }, to: { weights: canary, shadow: null } },
    });
  });

  it('the run time, when it changed after the environment', async () => {
    expect((await after('even', 'canary', 'patch', 'canary')).traffic.weights()).toEqual(rollback);
  });

  it('and again from the start: run time, environment, run time, environment back', async () => {
    const first = await after('even', 'patch', 'canary', 'patch', 'canary');
    expect(first.traffic.weights()).toEqual(rollback);
    await first.stop();
    expect((await after('even', 'patch', 'canary', 'even')).traffic.weights()).toEqual(even);
  });

  it('holds for the shadow too', async () => {
    const first = await start(even, 'v2');
    await first.control.patch({ shadow: null, reason: 'too slow' }, 'admin');
    await first.stop();
    const second = await start(even, 'v2');
    expect(second.traffic.shadow()).toBeNull();
    await second.stop();
    const third = await start(even, 'v1');
    expect(third.traffic.shadow()).toBe('v1');
    expect((await third.control.audit(1))[0]).toMatchObject({ revision: 3, who: 'environment', action: 'shadow' });
  });

  it('keeps a rollback when a version without weight is added, and forgets one that is gone', async () => {
    const first = await start();
    await first.control.patch({ preset: 'rollback', reason: 'v2 is wrong' }, 'admin');
    await first.stop();
    const second = await start({ ...even, v3: 0 });
    expect(second.traffic.weights()).toEqual({ ...rollback, v3: 0 });
    await second.control.patch({ weights: { v1: 80, v2: 0, v3: 20 }, shadow: 'v3', reason: 'try v3' }, 'admin');
    await second.stop();
    const third = await start(even);
    expect([third.traffic.weights(), third.traffic.shadow()]).toEqual([{ v1: 80, v2: 0 }, null]);
  });
});

it('starts while the database is down, and applies its stored state once it is back', async () => {
  const folder = join(dataDir, 'data');
  const first = await start(even, null, folder);
  await first.control.patch({ preset: 'rollback', reason: 'v2 is wrong' }, 'admin');
  await first.stop();

  renameSync(folder, `${folder}-away`);
  writeFileSync(folder, 'no directory');
  const second = await start(even, null, folder);
  expect(second.traffic.weights()).toEqual(even);

  rmSync(folder);
  renameSync(`${folder}-away`, folder);
  await vi.waitFor(() => expect(second.traffic.weights()).toEqual(rollback), { timeout: 20_000 });
  expect(second.control.view().revision).toBe(2);
});
