import { BUCKETS, totalOf } from '@coppice/statistics/bucketed';
import { LATENCY_BUCKETS, latencyBucket } from '@coppice/statistics/latency-buckets';
import { aRow, idAt, openForTest, type Settings, testDatabases } from '@coppice/testkit/record/databases';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { CellMetric, EpochCells } from './port/comparison-store.ts';
import type { Epoch } from './port/epoch.ts';

const T0 = Date.now();
const epochOf = (period: number, release = 'b'): Epoch => ({
  period,
  weights: { v1: 1, v2: 1 },
  releases: { v1: 'a', v2: release },
});

describe.each(testDatabases)('cells in $name', ({ name, start }) => {
  let database: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    database = await start();
  });
  afterAll(() => database.stop());

  async function open(settings?: Settings) {
    const opened = await openForTest(settings ?? (await database.fresh()));
    onTestFinished(() => opened.record.close());
    return opened;
  }

  const cell = (epoch: EpochCells | undefined, version: string, metric: CellMetric) => {
    const found = epoch?.cells.find((one) => one.version === version && one.metric === metric);
    return found ? { n: totalOf(found.n), sum: totalOf(found.sum), squares: totalOf(found.squares) } : null;
  };

  it('count requests by the version that was assigned, whichever answered', async () => {
    const { record, epochs } = await open();
    const epoch = epochOf(1);
    record.append(aRow({ epoch, bucket: 3 }));
    record.append(aRow({ epoch, assigned: 'v1', version: 'v2', route: 'failover' }));
    record.append(aRow({ epoch, version: 'v2', assigned: 'v2', label: -1, error: 'timeout', probability: null }));
    await record.flush();
    const [counted] = await epochs();
    expect(cell(counted, 'v1', 'assigned')).toMatchObject({ n: 2 });
    expect(cell(counted, 'v1', 'errors')).toMatchObject({ n: 2, sum: 1 });
    expect(cell(counted, 'v1', 'answered')).toMatchObject({ n: 1 });
    expect(cell(counted, 'v2', 'errors')).toMatchObject({ n: 1, sum: 1 });
    expect(cell(counted, 'v2', 'answered')).toBeNull();
    expect(counted?.cells.find(({ version, metric }) => version === 'v1' && metric === 'answered')?.n[3]).toBe(1);
  });

  it('count a batch as one request and as its rows', async () => {
    const { record, epochs } = await open();
    for (let i = 0; i < 5; i++) record.append(aRow({ epoch: epochOf(1), bucket: 9, first: i === 0 }));
    await record.flush();
    const [counted] = await epochs();
    expect(cell(counted, 'v1', 'assigned')?.n).toBe(1);
    expect(cell(counted, 'v1', 'answered')?.n).toBe(5);
  });

  it('leave out what is pinned, of the page, or of before', async () => {
    const { record, epochs } = await open();
    const epoch = epochOf(1);
    record.append(aRow({ epoch, assigned: null, route: 'pinned' }));
    record.append(aRow({ epoch, source: 'page' }));
    record.append(aRow({ epoch: null }));
    await record.flush();
    expect((await epochs()).flatMap(({ cells }) => cells)).toEqual([]);
  });

  it('keep epochs apart by period and by release', async () => {
    const { record, epochs } = await open();
    for (const epoch of [epochOf(1), epochOf(2), epochOf(2, 'c'), epochOf(5)]) record.append(aRow({ epoch }));
    await record.flush();
    expect((await epochs()).map(({ period, releases }) => [period, releases.v2])).toEqual([
      [1, 'b'],
      [2, 'b'],
      [2, 'c'],
      [5, 'b'],
    ]);
    expect((await epochs(2, 4)).map(({ period }) => period)).toEqual([2, 2]);
  });

  it('keep latencies by time slice', async () => {
    const { record, epochs } = await open();
    const time = Math.floor(T0 / 640_000) * 640_000 + 70_000;
    record.append(aRow({ epoch: epochOf(1), id: idAt(time), latencySeconds: 0.005 }));
    record.append(aRow({ epoch: epochOf(1), id: idAt(time + 9_999), latencySeconds: 0.005 }));
    record.append(aRow({ epoch: epochOf(1), id: idAt(time + 10_000), latencySeconds: 0.005 }));
    await record.flush();
    const [counted] = await epochs();
    const counts = counted?.latencies[0]?.counts as Uint32Array;
    expect(counts.length).toBe(BUCKETS * LATENCY_BUCKETS);
    expect(counts[7 * LATENCY_BUCKETS + latencyBucket(0.005)]).toBe(2);
    expect(counts[8 * LATENCY_BUCKETS + latencyBucket(0.005)]).toBe(1);
  });

  it('of two gateways, and of before and after a restart, add up', async () => {
    const settings = await database.fresh();
    const write = async (rows: number) => {
      const { record } = await openForTest(settings);
      for (let i = 0; i < rows; i++) record.append(aRow({ epoch: epochOf(1), bucket: i % BUCKETS }));
      await record.close();
    };
    await write(70);
    // a SQLite file belongs to one gateway at a time
    if (settings.DATABASE_URL) await Promise.all([write(300), write(300)]);
    else await write(600);
    const { epochs } = await open(settings);
    const found = await epochs();
    expect(found).toHaveLength(1);
    expect(cell(found[0], 'v1', 'assigned')?.n).toBe(670);
  });

  // PostgreSQL looks for rows that it has only after a write whose end it does not know
  it.runIf(name === 'SQLite')('are not counted twice when rows are sent again', async () => {
    const { record, epochs } = await open();
    const row = aRow({ epoch: epochOf(1) });
    for (let i = 0; i < 2; i++) {
      record.append(row);
      await record.flush();
    }
    const [counted] = await epochs();
    expect(cell(counted, 'v1', 'assigned')?.n).toBe(1);
  });

  it('stay right when many epochs pass by', async () => {
    const { record, epochs } = await open();
    for (let period = 1; period <= 150; period++) {
      record.append(
        aRow({ epoch: epochOf(period), version: period % 2 ? 'v1' : 'v2', assigned: period % 2 ? 'v1' : 'v2' }),
      );
      if (period % 40 === 0) await record.flush();
    }
    await record.flush();
    const found = await epochs();
    expect(found).toHaveLength(150);
    for (const epoch of found) expect(cell(epoch, epoch.period % 2 ? 'v1' : 'v2', 'assigned')?.n).toBe(1);
    const { predictions } = await record.history({ limit: 150 });
    expect(predictions.filter(({ model_version }) => model_version === 'v2')).toHaveLength(75);
  });

  it('keep named values, the first one where that is asked for', async () => {
    const { documents } = await open();
    const put = (name: string, value: unknown, once?: boolean) =>
      documents.call('documents', 'put', ['kind', name, value, once]);
    expect(await put('a', { n: 1 })).toEqual({ n: 1 });
    expect(await put('a', { n: 2 }, true)).toEqual({ n: 1 });
    expect(await put('a', { n: 3 })).toEqual({ n: 3 });
    await put('b', 'text');
    expect(await documents.call('documents', 'get', ['kind', 'none'])).toBeNull();
    expect(await documents.call('documents', 'list', ['kind', 10])).toEqual([
      { name: 'b', value: 'text' },
      { name: 'a', value: { n: 3 } },
    ]);
  });
});
