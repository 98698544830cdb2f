import type { FeatureValue, HistoryRow } from '@coppice/contract';
import { aRow, collect, idAt, openForTest, SCHEMA, testDatabases } from '@coppice/testkit/record/databases';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { HistoryFilter } from '../storage/port/record-store.ts';
import type { RecordedPrediction } from '../storage/port/recorded-prediction.ts';
import { MOST_COUNTED, MOST_LOOKED_AT } from '../storage/rows/history-search.ts';
import type { PredictionRecord } from './record.ts';

const MINUTE = 60_000;
const DAYS = ['2024-03-30', '2024-03-31T12:30:00Z', '2024-04-01'];
const PLANS: FeatureValue[] = ['basic', 'Ä "plus"', '7', 7, true, null, ''];

type Known = { row: RecordedPrediction; actual: string | null; shadow: string | null };

describe.each(testDatabases)('a search of the history in $name', ({ start }) => {
  let database: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    database = await start();
  });
  afterAll(() => database.stop());

  async function open() {
    const opened = await openForTest(await database.fresh(), { config: {} });
    onTestFinished(() => opened.record.close());
    return opened.record;
  }

  it('finds for every combination of filters what a plain search finds, page by page', async () => {
    const record = await open();
    const known = await recordMany(record, 300);
    await fc.assert(
      fc.asyncProperty(filters, fc.integer({ min: 1, max: 200 }), async (filter, limit) => {
        const expected = known.filter((one) => matches(one, filter)).map(({ row }) => row.id);
        const found = await allPages(record, filter, limit);
        expect(found.map(({ prediction_id }) => prediction_id)).toEqual(expected.reverse());
        if (filter.disagree !== undefined) expect(found.every(({ shadow }) => shadow?.version === 'v2')).toBe(true);
        const { total } = await record.history({ ...filter, limit: 1, count: true });
        expect(total).toEqual({ rows: expected.length, exact: true });
        const lines = await collect(record.exportAs('ndjson', { ...filter, limit }));
        expect(lines.split('\n').length - 1).toBe(Math.min(limit, expected.length));
      }),
      { numRuns: 60 },
    );
  });

  it('shows only rows newer than a given one', async () => {
    const record = await open();
    const rows = Array.from({ length: 5 }, (_, i) => aRow({ id: idAt(Date.now() - MINUTE + i) }));
    for (const row of rows) record.append(row);
    await record.flush();
    const { predictions, total } = await record.history({ after: rows[1]?.id as string, limit: 2, count: true });
    expect(predictions.map(({ prediction_id }) => prediction_id)).toEqual([rows[4]?.id, rows[3]?.id]);
    expect(total).toEqual({ rows: 3, exact: true });
  });

  it('looks at a bounded number of rows for a page, says how far it came, and goes on from there', async () => {
    const record = await open();
    const looked = MOST_LOOKED_AT.prediction;
    const base = Date.now() - 10 * MINUTE;
    const rare = { userHash: 'abcdef0123456789' };
    for (let i = 0; i < looked + 500; i++) {
      record.append(aRow({ id: idAt(base + i), ...(i === 10 || i === looked + 400 ? rare : {}) }));
      if (i % 10_000 === 0) await record.flush();
    }
    await record.flush();
    const first = await record.history({ ...rare, limit: 10, count: true });
    expect(first.predictions).toHaveLength(1);
    expect(first.total).toEqual({ rows: 1, exact: false });
    expect(first.searched_to).toBe(new Date(base + 500).toISOString());
    const second = await record.history({ ...rare, limit: 10, cursor: first.next_cursor as string });
    expect(second.predictions.map(({ time }) => time)).toEqual([new Date(base + 10).toISOString()]);
    expect(second).toMatchObject({ next_cursor: null });
    expect(second.searched_to).toBeUndefined();
    const lines = await collect(record.exportAs('ndjson', { ...rare, limit: 2 }));
    expect(lines.trim().split('\n')).toHaveLength(2);
  });

  it('counts exactly up to a bound, and all of the record at once', async () => {
    const record = await open();
    const base = Date.now() - 10 * MINUTE;
    const all = MOST_COUNTED + 20;
    for (let i = 0; i < all; i++) {
      record.append(aRow({ id: idAt(base + i), version: i < 40 ? 'v2' : 'v1' }));
      if (i % 10_000 === 0) await record.flush();
    }
    await record.flush();
    const total = async (filter: HistoryFilter) => (await record.history({ ...filter, limit: 1, count: true })).total;
    expect(await total({})).toEqual({ rows: all, exact: true });
    expect(await total({ version: 'v2' })).toEqual({ rows: 40, exact: true });
    expect(await total({ version: 'v1' })).toEqual({ rows: all - 40, exact: true });
    expect(await total({ since: base })).toEqual({ rows: MOST_COUNTED, exact: false });
    expect(await total({ source: 'api' })).toEqual({ rows: MOST_COUNTED, exact: false });
    expect(await total({ version: 'v3' })).toEqual({ rows: 0, exact: true });
  });
});

/** Rows of two lists of features, some with feedback, some with the shadow version's answer, oldest first. */
async function recordMany(record: PredictionRecord, n: number): Promise<Known[]> {
  const base = Date.now() - 10 * MINUTE;
  const known = Array.from({ length: n }, (_, i): Known => {
    const iris = i % 3 > 0;
    const failed = i % 11 === 0;
    const row = aRow({
      ...{ id: idAt(base + i * 1000), version: i % 7 === 0 ? 'v2' : 'v1', source: i % 5 === 0 ? 'page' : 'api' },
      ...{ userHash: i % 4 === 0 ? null : `00000000000000a${i % 3}` },
      ...(iris
        ? { features: [4 + (i % 40) / 10, -1, 0, 1e-9] }
        : {
            columns: ['plan', 'sepal_length', 'joined'],
            features: [PLANS[i % 7] as FeatureValue, i % 50, i % 4 ? (DAYS[i % 3] as string) : null],
          }),
      ...(failed
        ? { label: -1, probability: null, error: 'timeout' }
        : { label: i % 3, probability: [0.5 + (i % 50) / 100, 0.5 - (i % 50) / 100, 0] }),
    });
    const judged = !failed && i % 2 === 0;
    const outcomeOnly = judged && i % 12 === 0;
    return {
      row,
      actual: judged && !outcomeOnly ? (SCHEMA.classes[(i * 2) % 3] as string) : null,
      shadow: !failed && i % 3 === 1 ? (SCHEMA.classes[(i * 5) % 3] as string) : null,
    };
  });
  for (const { row } of known) record.append(row);
  await record.addFeedback(
    known
      .filter(({ actual }) => actual !== null)
      .map(({ row, actual }) => ({ prediction_id: row.id, actual: actual as string })),
  );
  for (const { row, shadow } of known)
    if (shadow !== null) record.addShadowAnswer({ id: row.id, version: 'v2', class: shadow });
  await record.flush();
  return known;
}

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const filters: fc.Arbitrary<HistoryFilter> = fc
  .record({
    version: optional(fc.constantFrom('v1', 'v2')),
    class: optional(fc.constantFrom(...SCHEMA.classes)),
    source: optional(fc.constantFrom('api' as const, 'page' as const)),
    userHash: optional(fc.constantFrom('00000000000000a1', '00000000000000a2', '00000000000000ff')),
    correct: optional(fc.boolean()),
    disagree: optional(fc.boolean()),
    maxProbability: optional(fc.constantFrom(0.6, 0.75, 1)),
    feature: optional(
      fc.constantFrom(
        ...[
          { name: 'sepal_length', min: 5 },
          { name: 'sepal_length', min: 5, max: 6.5 },
        ],
        ...[
          { name: 'sepal_length', max: 4.2 },
          { name: 'plan', min: 6 },
          { name: 'nowhere', max: 1 },
        ],
        ...['basic', 'Ä "plus"', '7', 'true', ''].map((value) => ({ name: 'plan', value })),
        ...[
          { name: 'joined', min: '2024-03-31' },
          { name: 'joined', max: '2024-03-31' },
        ],
        ...[
          { name: 'joined', min: '2024-03-31', max: '2024-03-31' },
          { name: 'joined', value: '' },
        ],
      ),
    ),
  })
  .map((filter) => Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)));

function matches({ row, actual, shadow }: Known, filter: HistoryFilter): boolean {
  const name = row.label < 0 ? null : (SCHEMA.classes[row.label] as string);
  const { version, source, userHash, correct, disagree, maxProbability, feature } = filter;
  return (
    (version === undefined || row.version === version) &&
    (filter.class === undefined || name === filter.class) &&
    (source === undefined || row.source === source) &&
    (userHash === undefined || row.userHash === userHash) &&
    (correct === undefined || (actual !== null && (actual === name) === correct)) &&
    (disagree === undefined || (shadow !== null && (shadow !== name) === disagree)) &&
    (maxProbability === undefined ||
      (row.probability !== null && Math.max(...Array.from(row.probability)) < maxProbability)) &&
    (feature === undefined || matchesFeature(row, feature))
  );
}

function matchesFeature({ columns, features }: RecordedPrediction, filter: NonNullable<HistoryFilter['feature']>) {
  const place = columns.indexOf(filter.name);
  if (place < 0) return false;
  const value = features[place] as FeatureValue;
  if ('value' in filter) return String(value ?? '') === filter.value;
  const { min, max } = filter;
  const fits = (one: number | string | undefined, holds: (of: string | number) => boolean) =>
    one === undefined || (typeof value === typeof one && holds(value as string));
  const day = typeof value === 'string' ? value.slice(0, 10) : (value as number);
  return fits(min, () => day >= (min as string)) && fits(max, () => day <= (max as string));
}

async function allPages(record: PredictionRecord, filter: HistoryFilter, limit: number): Promise<HistoryRow[]> {
  const rows: HistoryRow[] = [];
  let cursor: string | null = null;
  do {
    const page = await record.history({ ...filter, limit, ...(cursor === null ? {} : { cursor }) });
    rows.push(...page.predictions);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return rows;
}
