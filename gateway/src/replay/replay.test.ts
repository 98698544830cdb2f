import type { FeatureValue, HistoryRow, ReplayView } from '@coppice/contract';
import { type FeatureSpec, rowSchema } from '@coppice/serverkit';
import { until } from '@coppice/testkit/waiting/until';
import { describe, expect, it } from 'vitest';
import { StorageUnavailableError } from '../storage/port/errors.ts';
import type { InferJob } from '../versions/infer-job.ts';
import { Replay } from './replay.ts';
import { REPLAYS } from './stored-replays.ts';

const HOUR = 3_600_000;
const rowAt = (time: number, change: Partial<HistoryRow> = {}): HistoryRow => ({
  prediction_id: `0198c5b2-7c00-7000-8000-${time.toString(16).padStart(12, '0')}`,
  ...{ time: new Date(time).toISOString(), model_version: 'v1', assigned: 'v1', release: 'r1', route: 'weighted' },
  ...{
    source: 'api',
    reference: null,
    user_hash: null,
    feature_names: null,
    features: [1, 2],
    prediction: 0,
    class: 'a',
  },
  ...{ probability: null, latency_ms: 1, error: null, actual: null, outcome: null },
  ...change,
});

type Options = { shared?: boolean; specs?: readonly FeatureSpec[] };
const numbers = ['x', 'y'].map((name): FeatureSpec => ({ name, kind: 'number', nullable: false }));

/** A replay of v2 over these rows, on a database in memory; `world` is what the test changes meanwhile. */
function replayOf(rows: HistoryRow[], { shared = false, specs = numbers }: Options = {}) {
  const stored = new Map<string, unknown>();
  const world = {
    queuedRows: 0,
    down: false,
    lease: true,
    release: 'r2',
    now: 10 * HOUR,
    sent: 0,
    jobs: [] as InferJob[],
  };
  const store = <T>(result: () => T): T => {
    if (world.down) throw new StorageUnavailableError('down');
    return result();
  };
  const version = (name: string) => ({
    ...{ name, ready: true, reason: null, client: world },
    replayClient: {
      submit(job: InferJob) {
        world.sent++;
        world.jobs.push(job);
        setImmediate(() => job.succeed({ labels: [0], probabilities: null, classes: 2, release: null }, 0));
      },
    },
  });
  const replay = new Replay({
    documents: {
      put: async (kind, name, value) => store(() => void stored.set(`${kind} ${name}`, structuredClone(value))),
      get: async (kind, name) => store(() => stored.get(`${kind} ${name}`) ?? null),
      remove: async (kind, name) => store(() => void stored.delete(`${kind} ${name}`)),
      list: async (kind, limit) =>
        store(() =>
          [...stored]
            .filter(([key]) => key.startsWith(`${kind} `))
            .map(([key, value]) => ({ name: key.slice(kind.length + 1), value }))
            .reverse()
            .slice(0, limit),
        ),
    },
    leases: { hold: async () => store(() => world.lease), release: async () => {} },
    ...{ shared, now: () => world.now, ticks: () => performance.now(), versions: [version('v1'), version('v2')] },
    catalog: {
      shape: () => ({ schema: rowSchema(specs), classes: ['a', 'b'] }),
      release: (name) => (name === 'v2' ? world.release : 'r1'),
      required: () => specs.flatMap(({ name, nullable }) => (nullable ? [] : [name])),
    },
    record: {
      history: async () => store(() => ({ predictions: rows, next_cursor: null })),
      releases: async () => store(() => []),
    },
    log: { info: () => {}, warn: () => {} },
  });
  const start = (change = {}) =>
    replay.start({ version: 'v2', since: 0, rate: 10_000, reason: 'test', ...change }, 'admin');
  const ended = async (id: string) => {
    await until(async () => expect((await replay.find(id)).state).not.toBe('running'));
    return replay.find(id);
  };
  const values = () => [...stored.values()] as ReplayView[];
  return { replay, world, start, ended, stored, values };
}

const rows = (n: number) => Array.from({ length: n }, (_, i) => rowAt(9 * HOUR - i));

describe('a replay', () => {
  it('counts rows that its version cannot take, and does not send them', async () => {
    const { world, start, ended } = replayOf([
      rowAt(5, { features: [1, 2, 3] }),
      rowAt(4, { features: [1, 'two'] }),
      rowAt(3, { features: [1, null] }),
      rowAt(2, { class: 'of a model of before' }),
      rowAt(1),
    ]);
    expect(await ended((await start()).id)).toMatchObject({
      ...{ rows: 1, not_replayable: 4, failed: 0 },
      not_replayable_why: [
        { why: 'recorded with 3 values without names; the model has 2', rows: 1 },
        { why: 'y was recorded as a text, and is a number', rows: 1 },
        { why: 'without y', rows: 1 },
        { why: "the class of a model of before is none of the model's", rows: 1 },
      ],
    });
    expect(world.sent).toBe(1);
  });

  it('takes each row by the names that it was recorded with, whatever kind its values are of', async () => {
    const specs: FeatureSpec[] = [
      { name: 'age', kind: 'number', nullable: false },
      { name: 'plan', kind: 'category', nullable: true, values: ['basic'] },
      { name: 'member', kind: 'boolean', nullable: true },
      { name: 'since', kind: 'date', nullable: true },
    ];
    const rows = [
      rowAt(6, { feature_names: ['member', 'age', 'height'], features: [true, 33, 180] }),
      rowAt(5, { feature_names: ['since', 'plan', 'age'], features: ['2024-02-29', 'another', 5] }),
      rowAt(4, { feature_names: ['plan', 'member'], features: ['basic', false] }),
      rowAt(3, { feature_names: ['age', 'since'], features: [7, 'last week'] }),
      rowAt(2, { features: [8, null, null, '2024-01-01'] }),
    ];
    const { world, start, ended } = replayOf(rows, { specs });
    expect(await ended((await start()).id)).toMatchObject({
      rows: 3,
      not_replayable_why: [
        { why: 'without age', rows: 1 },
        { why: 'since was recorded as a text, and is a date', rows: 1 },
      ],
    });
    expect(world.jobs.map(({ features }) => [...(features as FeatureValue[])])).toEqual([
      [33, null, true, null],
      [5, 'another', null, '2024-02-29'],
      [8, null, null, '2024-01-01'],
    ]);
    // one array, so that a version's mapping of it is made once
    expect(new Set(world.jobs.map(({ columns }) => columns)).size).toBe(1);
    expect(world.jobs[0]?.columns).toEqual(specs.map(({ name }) => name));
  });

  it('quotes a row on which the versions disagree as it was recorded', async () => {
    const recorded = { feature_names: ['y', 'x'], features: [2, 1] };
    const { start, ended } = replayOf([rowAt(2, { ...recorded, class: 'b' })]);
    expect((await ended((await start()).id)).disagreements).toMatchObject([recorded]);
  });

  it('waits while live rows wait, but not for ever', async () => {
    const { replay, world, start, ended } = replayOf(rows(5));
    world.queuedRows = 3;
    const { id } = await start();
    await until(async () => expect((await replay.find(id)).held).toBe('live traffic waits'));
    expect(world.sent).toBe(0);
    expect(await ended(id)).toMatchObject({ state: 'done', rows: 5, held: null });
  });

  it('ends when its version serves another model than at the start', async () => {
    const { world, start, ended } = replayOf(rows(50));
    const { id } = await start({ rate: 20 });
    await until(() => expect(world.sent).toBeGreaterThan(0));
    world.release = 'r3';
    expect(await ended(id)).toMatchObject({ state: 'failed', end_reason: 'v2 serves another model than at the start' });
  });

  it('waits while the record cannot be read, and keeps its result until it can be stored', async () => {
    const { replay, world, start, stored } = replayOf(rows(5));
    const { id } = await start();
    world.down = true;
    await expect(replay.list()).rejects.toThrow(StorageUnavailableError);
    expect((await replay.find(id)).id).toBe(id);
    await new Promise((resolve) => setTimeout(resolve, 50));
    world.down = false;
    await until(() => expect(stored.get(`${REPLAYS} ${id}`)).toMatchObject({ state: 'done', rows: 5, percent: 100 }));
  });

  it('keeps the last 50', async () => {
    const { replay, start, ended, stored } = replayOf(rows(1));
    for (let i = 0; i < 53; i++) await ended((await start()).id);
    await until(() => expect(stored.size).toBe(50));
    expect(await replay.list()).toHaveLength(50);
  });

  it('starts only while no other one runs, also when two starts come at once', async () => {
    const { start, ended } = replayOf(rows(3));
    const both = await Promise.allSettled([start(), start()]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(both[1]).toMatchObject({ reason: { message: 'Another replay starts just now.' } });
    await ended((both[0] as PromiseFulfilledResult<ReplayView>).value.id);
  });
});

describe('a replay whose gateway was killed', () => {
  async function killed(options: { shared: boolean }) {
    const first = replayOf(rows(1));
    const left = await first.ended((await first.start()).id);
    const next = replayOf(rows(1), options);
    const time = new Date(next.world.now).toISOString();
    next.stored.set(`${REPLAYS} ${left.id}`, { ...left, state: 'running', ended: null, proof: null, updated: time });
    return { ...next, id: left.id };
  }

  it('shows as ended by that at once where there is no other gateway', async () => {
    const { replay, id } = await killed({ shared: false });
    expect(await replay.find(id)).toMatchObject({ state: 'failed', end_reason: 'the gateway stopped', rows: 1 });
  });

  it('shows so half a minute after its last sign of life where there may be another one', async () => {
    const { replay, world, id } = await killed({ shared: true });
    expect((await replay.find(id)).state).toBe('running');
    world.now += 31_000;
    expect(await replay.find(id)).toMatchObject({ state: 'failed', end_reason: 'the gateway stopped' });
  });

  it('is stored so by the next start, which the lease allows', async () => {
    const { world, start, ended, values, id } = await killed({ shared: true });
    world.lease = false;
    await expect(start()).rejects.toThrow('Another gateway runs a replay');
    world.lease = true;
    await ended((await start()).id);
    expect(values().find((view) => view.id === id)).toMatchObject({ state: 'failed', ended: expect.any(String) });
  });

  it('counts only answers of the release that is replayed', async () => {
    const { world, start, ended } = replayOf(rows(1));
    await ended((await start()).id);
    expect([world.jobs[0]?.stays?.(), world.jobs[0]?.stays?.('7')]).toEqual([true, false]);
  });
});
