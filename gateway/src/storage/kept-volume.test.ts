import { createHash } from 'node:crypto';
import { aRow, collect, openForTest, testDatabases } from '@coppice/testkit/record/databases';
import { keptVolume, restoreKeptVolume } from '@coppice/testkit/record/kept-volume';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { nothingRuns } from './port/control-store.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
/** Columns that the gateway which wrote the volume did not have; they are the last ones. */
const NEW_COLUMNS = 5;
const retention = { maxRows: 10_000_000, maxDays: 36_500 };

describe.each(testDatabases)('a volume of an earlier Coppice in $name', ({ start }) => {
  let database: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    database = await start();
  });
  afterAll(() => database.stop());

  async function open(rows?: number) {
    const settings = await database.fresh();
    await restoreKeptVolume(settings, rows);
    const opened = await openForTest(settings, { config: { retention } });
    onTestFinished(() => opened.record.close());
    return opened;
  }

  it('is read as it was: rows, feedback, performance, control state and audit', async () => {
    const { record, control } = await open();
    const lines = (await collect(record.exportAs('csv', {}))).split('\r\n');
    const old = lines.map((line) => line.split(',').slice(0, -NEW_COLUMNS).join(',')).join('\r\n');
    expect(sha256(old)).toBe(keptVolume.csv);
    expect(lines.slice(1, -1).every((line) => line.endsWith(',,,,,'))).toBe(true);
    const { since, until } = keptVolume;
    expect(sha256(JSON.stringify(await record.performance(since, until)))).toBe(keptVolume.performance);
    expect(await control.load()).toEqual({ ...keptVolume.control, ...nothingRuns });
    expect((await control.audit(10)).map(({ revision, reason }) => [revision, reason])).toEqual([
      [2, 'rolled back: v2 errs'],
      [1, 'first start'],
    ]);
  });

  it('goes on: new rows beside the old ones, and feedback to both', async () => {
    const { record } = await open();
    const [old] = (await record.history({ limit: 1, version: 'v1' })).predictions;
    const row = aRow({ assigned: 'v2', release: 'a'.repeat(64), source: 'page', reference: 'order-1' });
    record.append(row);
    await record.addFeedback([row.id, old?.prediction_id as string].map((id) => ({ prediction_id: id, actual: 'x' })));
    expect(old).toMatchObject({ assigned: null, release: null, source: null, reference: null });
    expect(await record.find(old?.prediction_id as string)).toEqual({ ...old, actual: 'x' });
    expect(await record.find(row.id)).toMatchObject({ assigned: 'v2', source: 'page', reference: 'order-1' });
    expect((await record.history({ limit: 1000, version: 'v1' })).predictions).toHaveLength(keptVolume.rows / 2 + 1);
  });

  it('of 100,000 rows loses none', async () => {
    const { record } = await open(100_000);
    const ids = new Set<string>();
    for await (const lines of record.exportAs('csv', {}))
      for (const line of lines.trimEnd().split('\r\n')) ids.add(line.slice(0, 36));
    ids.delete('prediction_id'.slice(0, 36));
    expect([...ids].filter((id) => /^[0-9a-f-]{36}$/.test(id))).toHaveLength(100_000);
  });
});
