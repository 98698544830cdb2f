// Over 300 lines: one suite that every database passes, read from top to bottom.

import { randomUUIDv7 } from 'node:crypto';
import type { FeatureValue, HistoryRow } from '@coppice/contract';
import {
  aRow,
  collect,
  idAt,
  openForTest,
  SCHEMA,
  type Settings,
  testDatabases,
} from '@coppice/testkit/record/databases';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { nothingRuns } from '../storage/port/control-store.ts';
import { UnmatchedFeedbackError } from '../storage/port/errors.ts';
import type { RecordedPrediction } from '../storage/port/recorded-prediction.ts';
import type { StorageConfig } from '../storage/port/storage-config.ts';
import type { RecordConfig } from './record-config.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

describe.each(testDatabases)('the record in $name', ({ start }) => {
  let database: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    database = await start();
  });
  afterAll(() => database.stop());

  async function open(config: Partial<RecordConfig & StorageConfig> = {}, settings?: Settings) {
    const opened = await openForTest(settings ?? (await database.fresh()), { config });
    onTestFinished(() => opened.record.close());
    return opened;
  }

  it('returns exactly what was appended', async () => {
    const { record } = await open();
    const double = fc.double({ noNaN: true, noDefaultInfinity: true });
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('NULL', '', '"', '\\', '{,}'));
    const rowOf = fc.record({
      version: fc.constantFrom('v1', 'v2', 'v10'),
      route: fc.constantFrom('pinned' as const, 'sticky' as const, 'weighted' as const, 'failover' as const),
      userHash: fc.option(
        fc.string({ minLength: 1, unit: 'grapheme', maxLength: 70 }).filter((s) => !s.includes('\0')),
      ),
      assigned: fc.option(fc.constantFrom('v1', 'v2')),
      release: fc.option(fc.constantFrom('a'.repeat(64), 'b'.repeat(64))),
      source: fc.constantFrom('api' as const, 'page' as const),
      reference: fc.option(
        fc.string({ minLength: 1, unit: 'grapheme', maxLength: 70 }).filter((s) => !s.includes('\0')),
      ),
      columns: fc.constantFrom(SCHEMA.features, ['age', 'plan'], ['plan', 'age']),
      features: fc.oneof(
        fc.array(double, { minLength: 1, maxLength: 70 }),
        fc.array(
          fc.oneof(
            double,
            fc.constant(null),
            fc.boolean(),
            text.filter((s) => !s.includes('\0')),
          ),
          { minLength: 1, maxLength: 9 },
        ),
      ),
      outcome: fc.oneof(
        fc.record({ label: fc.nat({ max: 2 }), probability: fc.array(double, { minLength: 1, maxLength: 9 }) }),
        fc.record({ error: fc.constantFrom('timeout', 'connect', 'status') }),
      ),
      latencySeconds: fc.double({ min: 0, max: 60, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(rowOf, { minLength: 1, maxLength: 40 }), async (drawn) => {
        const rows = drawn.map(({ outcome, ...row }) =>
          aRow({
            ...row,
            ...('error' in outcome ? { ...outcome, label: -1, probability: null } : outcome),
          }),
        );
        for (const row of rows) record.append(row);
        await record.flush();
        for (const row of rows) expect(await record.find(row.id)).toEqual(expectedRow(row));
      }),
      { numRuns: 15 },
    );
  });

  it('lists newest first and pages without gaps or repeats while rows keep coming', async () => {
    const { record } = await open();
    const base = Date.now() - MINUTE;
    const rows = Array.from({ length: 250 }, (_, i) => aRow({ id: idAt(base + i * 10) }));
    for (const row of rows) record.append(row);
    await record.flush();
    const seen: HistoryRow[] = [];
    let cursor: string | null = null;
    do {
      const page = await record.history({ limit: 40, ...(cursor ? { cursor } : {}) });
      seen.push(...page.predictions);
      cursor = page.next_cursor;
      record.append(aRow());
      await record.flush();
    } while (cursor);
    expect(seen.map((row) => row.prediction_id)).toEqual(rows.map((row) => row.id).reverse());
  });

  it('answers every combination of filters as a plain search would', async () => {
    const { record } = await open();
    const base = Date.now() - 10 * MINUTE;
    const rows = Array.from({ length: 400 }, (_, i) =>
      aRow({
        id: idAt(base + i * 1000),
        version: i % 7 === 0 ? 'v2' : 'v1',
        route: i % 5 === 0 ? 'sticky' : 'weighted',
        ...(i % 11 === 0 ? { label: -1, probability: null, error: 'timeout' } : { label: i % 3 }),
      }),
    );
    for (const row of rows) record.append(row);
    await record.flush();
    const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
    const filters = fc.record({
      version: optional(fc.constantFrom('v1', 'v2', 'v3')),
      class: optional(fc.constantFrom('setosa', 'versicolor', 'none')),
      route: optional(fc.constantFrom('sticky' as const, 'weighted' as const)),
      since: optional(fc.integer({ min: base - 5000, max: base + 405_000 })),
      until: optional(fc.integer({ min: base - 5000, max: base + 405_000 })),
      limit: fc.integer({ min: 1, max: 500 }),
    });
    await fc.assert(
      fc.asyncProperty(filters, async ({ limit, ...drawn }) => {
        const filter = Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined));
        const expected = rows.filter((row, i) => {
          const time = base + i * 1000;
          const name = row.label < 0 ? null : SCHEMA.classes[row.label];
          return (
            (drawn.version === undefined || row.version === drawn.version) &&
            (drawn.class === undefined || name === drawn.class) &&
            (drawn.route === undefined || row.route === drawn.route) &&
            (drawn.since === undefined || time >= drawn.since) &&
            (drawn.until === undefined || time < drawn.until)
          );
        });
        const ids: string[] = [];
        let cursor: string | null = null;
        do {
          const page = await record.history({ ...filter, limit, ...(cursor ? { cursor } : {}) });
          ids.push(...page.predictions.map((row) => row.prediction_id));
          cursor = page.next_cursor;
        } while (cursor);
        expect(ids).toEqual(expected.map((row) => row.id).reverse());
      }),
      { numRuns: 25 },
    );
  });

  it('writes waiting rows when it closes, and has them after opening again', async () => {
    const settings = await database.fresh();
    const first = await open({}, settings);
    const rows = Array.from({ length: 3000 }, () => aRow());
    for (const row of rows) first.record.append(row);
    await first.record.close();
    const again = await open({}, settings);
    let found = 0;
    for await (const lines of again.record.exportAs('csv', {})) found += lines.split('\r\n').length - 1;
    expect(found - 1).toBe(rows.length);
    expect(first.dropped()).toBe(0);
  });

  it('writes within 200 ms by itself', async () => {
    const { record } = await open();
    const row = aRow();
    record.append(row);
    await expect
      .poll(async () => (await record.history({ limit: 1 })).predictions[0]?.prediction_id, { timeout: 20_000 })
      .toBe(row.id);
  });

  it('records nothing when it is switched off', async () => {
    const { record } = await open({ enabled: false });
    const row = aRow();
    record.append(row);
    await record.flush();
    expect(await record.find(row.id)).toBeNull();
  });

  it('does not share the row object: it may be used again at once', async () => {
    const { record } = await open();
    const row = aRow();
    const ids = [row.id];
    record.append(row);
    row.id = randomUUIDv7();
    row.features = [9, 9, 9, 9];
    record.append(row);
    expect((await record.find(ids[0] as string))?.features).toEqual([6.1, 2.8, 4.7, 1.2]);
  });

  it('refills a window with the newest answered rows, oldest first', async () => {
    const { record } = await open();
    const base = Date.now() - MINUTE;
    for (let i = 0; i < 50; i++)
      record.append(
        aRow({
          id: idAt(base + i),
          features: [i],
          ...(i % 10 === 9 ? { label: -1, probability: null, error: 'x' } : {}),
        }),
      );
    await record.flush();
    expect((await record.recent(5)).map((row) => row.features[0])).toEqual([44, 45, 46, 47, 48]);
    expect(await record.recent(1000)).toHaveLength(45);
  });

  it('keeps what came from the page, and leaves it out of window, performance and its feedback', async () => {
    const { record } = await open();
    const [page, failed, api, old] = [
      aRow({ source: 'page' }),
      aRow({ source: 'page', label: -1, probability: null, error: 'timeout' }),
      aRow({ id: idAt(Date.now() - 2000), version: 'v2', features: [7] }),
      aRow({ id: idAt(Date.now() - 1000), version: 'v10', features: [8] }),
    ] as const;
    for (const row of [page, failed, api, old]) record.append(row);
    await record.flush();
    expect(await record.find(page.id)).toMatchObject({ source: 'page' });
    expect(await record.recent(10)).toEqual([
      { columns: SCHEMA.features, features: [7], label: 1, version: 'v2', release: null },
      { columns: SCHEMA.features, features: [8], label: 1, version: 'v10', release: null },
    ]);
    const outcomes = await record.addFeedback([page, api].map(({ id }) => ({ prediction_id: id, actual: 'setosa' })));
    expect(outcomes.map(({ source }) => source)).toEqual(['page', 'api']);
    expect(await record.find(page.id)).toMatchObject({ actual: 'setosa' });
    const report = await record.performance(Date.now() - MINUTE, Date.now() + MINUTE);
    expect(report.versions.map(({ version, n, errors, feedback }) => [version, n, errors, feedback])).toEqual([
      ['v2', 1, 0, 1],
      ['v10', 1, 0, 0],
    ]);
  });

  describe('feedback', () => {
    it('is stored for a row that is not written yet, is idempotent, and is replaced by a later one', async () => {
      const { record } = await open({ flushMs: 200 });
      const row = aRow();
      record.append(row);
      const send = async (actual: string) => (await record.addFeedback([{ prediction_id: row.id, actual }]))[0];
      const known = { prediction_id: row.id, version: 'v1', source: 'api', outcomeEffect: null };
      expect(await send('setosa')).toEqual({ ...known, correct: false, previous: null, effect: 'new' });
      expect(await send('setosa')).toEqual({ ...known, correct: false, previous: false, effect: 'same' });
      expect(await send('versicolor')).toEqual({ ...known, correct: true, previous: false, effect: 'changed' });
      expect((await record.find(row.id))?.actual).toBe('versicolor');
      const report = await record.performance(Date.now() - MINUTE, Date.now() + MINUTE);
      expect(report.versions[0]).toMatchObject({
        feedback: 1,
        correct: 1,
        confusion: [
          [0, 0, 0],
          [0, 1, 0],
          [0, 0, 0],
        ],
      });
    });

    it('is all or nothing, and names the unknown ids', async () => {
      const { record } = await open();
      const row = aRow();
      const failed = aRow({ label: -1, probability: null, error: 'timeout' });
      record.append(row);
      record.append(failed);
      const unknown = randomUUIDv7();
      const items = [row.id, unknown, failed.id].map((prediction_id) => ({ prediction_id, actual: 'setosa' }));
      const error = await record.addFeedback(items).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(UnmatchedFeedbackError);
      expect(error.unmatched).toEqual([
        { index: 1, why: 'unknown' },
        { index: 2, why: 'unknown' },
      ]);
      expect((await record.find(row.id))?.actual).toBeNull();
    });

    it('of one prediction twice in a batch ends with the later one', async () => {
      const { record } = await open();
      const row = aRow();
      record.append(row);
      const outcomes = await record.addFeedback([
        { prediction_id: row.id, actual: 'setosa' },
        { prediction_id: row.id, actual: 'versicolor' },
      ]);
      expect(outcomes.map(({ correct, effect }) => [correct, effect])).toEqual([
        [false, 'new'],
        [true, 'changed'],
      ]);
      const [version] = (await record.performance(Date.now() - MINUTE, Date.now() + MINUTE)).versions;
      expect(version).toMatchObject({ feedback: 1, correct: 1 });
    });
  });

  it('reports each version over a period: counts, quantiles, accuracy, confusion', async () => {
    const { record } = await open();
    const now = Math.floor(Date.now() / MINUTE) * MINUTE;
    const latencies = Array.from({ length: 1000 }, (_, i) => (i + 1) / 1000);
    const rows = latencies.map((latencySeconds, i) =>
      aRow({ id: idAt(now - 5 * MINUTE + i), latencySeconds, label: i % 3 }),
    );
    for (const row of rows) record.append(row);
    for (let i = 0; i < 4; i++)
      record.append(
        aRow({ id: idAt(now - 5 * MINUTE + i), version: 'v2', label: -1, probability: null, error: 'timeout' }),
      );
    record.append(aRow({ id: idAt(now - 30 * MINUTE), version: 'v3' }));
    await record.addFeedback(rows.slice(0, 100).map((row) => ({ prediction_id: row.id, actual: 'setosa' })));

    const report = await record.performance(now - 10 * MINUTE, now);
    expect(report.since).toBe(new Date(now - 10 * MINUTE).toISOString());
    expect(report.classes).toEqual(SCHEMA.classes);
    const [v1, v2] = report.versions;
    expect(report.versions.map((version) => version.version)).toEqual(['v1', 'v2']);
    expect(v1).toMatchObject({
      n: 1000,
      errors: 0,
      feedback: 100,
      correct: 34,
      confusion: [
        [34, 33, 33],
        [0, 0, 0],
        [0, 0, 0],
      ],
    });
    expect(v1?.accuracy?.value).toBe(0.34);
    for (const [quantile, exact] of [
      ['p50', 500],
      ['p95', 950],
      ['p99', 990],
    ] as const)
      expect(Math.abs((v1?.latency_ms?.[quantile] as number) / exact - 1)).toBeLessThan(0.022);
    expect(v2).toMatchObject({ n: 4, errors: 4, latency_ms: null, accuracy: null });
    const longer = await record.performance(now - 40 * MINUTE, now);
    expect(longer.versions.map((version) => version.version)).toEqual(['v1', 'v2', 'v3']);
  });

  it('exports CSV with one column per feature', async () => {
    const { record } = await open();
    const row = aRow({ userHash: 'abc', reference: 'order-1' });
    record.append(row);
    await record.addFeedback([{ prediction_id: row.id, actual: 'virginica', outcome: -0.5 }]);
    const [header, line, end] = (await collect(record.exportAs('csv', { version: 'v1' }))).split('\r\n');
    expect(header).toBe(
      'prediction_id,time,model_version,route,user_hash,sepal_length,sepal_width,petal_length,petal_width,' +
        'prediction,class,probability_setosa,probability_versicolor,probability_virginica,latency_ms,error,actual,' +
        'assigned,release,source,reference,outcome',
    );
    const time = (await record.find(row.id))?.time;
    expect(line).toBe(
      `${row.id},${time},v1,weighted,abc,6.1,2.8,4.7,1.2,1,versicolor,0,0.9,0.1,1.2,,virginica,v1,,api,order-1,-0.5`,
    );
    expect(end).toBe('');
    expect((await collect(record.exportAs('csv', { version: 'v2' }))).trim().split('\r\n')).toHaveLength(1);
  });

  it('exports values of all kinds below their names, those of another model in further columns', async () => {
    const { record } = await open();
    const columns = ['plan', 'member', 'sepal_width', 'since'];
    const rows = [
      { version: 'old', columns, features: ['=1+1', true, null, '2024-02-29'] },
      { version: 'new' },
      { version: 'old', columns, features: [null, false, 3.5, null] },
    ].map((row, i) => aRow({ ...row, id: idAt(Date.now() + i) }));
    for (const row of rows) record.append(row);
    await record.flush();
    const cells = async (query = {}) =>
      (await collect(record.exportAs('csv', query)))
        .trimEnd()
        .split('\r\n')
        .map((line) => line.split(',').slice(5, -13).join(','));
    const [header, ...lines] = await cells();
    expect(header).toBe(`${SCHEMA.features.join(',')},plan,member,since`);
    expect(lines).toEqual([',3.5,,,,false,', '6.1,2.8,4.7,1.2,,,', ",,,,'=1+1,true,2024-02-29"]);
    // without the columns of rows that do not match
    expect((await cells({ version: 'new' }))[0]).toBe(SCHEMA.features.join(','));
    const ndjson = (await collect(record.exportAs('ndjson', {}))).trimEnd().split('\n');
    expect(ndjson.map((line) => JSON.parse(line))).toEqual(rows.map(expectedRow).reverse());
  });

  it('keeps neither value nor name of the features that RECORD_OMIT names', async () => {
    const { record } = await open({ omit: ['sepal_width', 'age'] });
    const row = aRow();
    record.append(row);
    await record.flush();
    expect(await record.find(row.id)).toMatchObject({
      feature_names: ['sepal_length', 'petal_length', 'petal_width'],
      features: [6.1, 4.7, 1.2],
    });
    expect(await collect(record.exportAs('csv', {}))).toContain(',6.1,,4.7,1.2,');
  });

  it('has one list of names for all rows of a page and of a window that have the same ones', async () => {
    const { record } = await open();
    for (let i = 0; i < 3; i++) record.append(aRow({ columns: [...SCHEMA.features] }));
    await record.flush();
    const { predictions } = await record.history({ limit: 3 });
    expect(new Set(predictions.map((row) => row.feature_names)).size).toBe(1);
    expect(new Set((await record.recent(3)).map((row) => row.columns)).size).toBe(1);
  });

  it('trims by rows and by days in the background, feedback included, and keeps the summaries', async () => {
    const { record } = await open({ retention: { maxRows: 3000, maxDays: 7 } });
    const old = aRow({ id: idAt(Date.now() - 8 * DAY) });
    record.append(old);
    const rows = Array.from({ length: 10_000 }, (_, i) => aRow({ id: idAt(Date.now() - 20_000 + i) }));
    const [first, ...others] = rows as [RecordedPrediction, ...RecordedPrediction[]];
    record.append(first);
    // before the others come: from then on trimming may take it at any time
    await record.addFeedback([{ prediction_id: first.id, actual: 'setosa' }]);
    for (const row of others) record.append(row);
    const count = async () => (await collect(record.exportAs('csv', {}))).trim().split('\r\n').length - 1;
    await expect.poll(count, { timeout: 20_000 }).toBe(3000);
    expect(await record.find(old.id)).toBeNull();
    expect((await record.history({ limit: 1 })).predictions[0]?.prediction_id).toBe(rows.at(-1)?.id);
    const [version] = (await record.performance(Date.now() - 2 * MINUTE, Date.now() + MINUTE)).versions;
    expect(version).toMatchObject({ n: 10_000, feedback: 1 });
  });

  it('has one control state: saved when the revision follows, audited, and read after opening again', async () => {
    const settings = await database.fresh();
    const { control, record } = await open({}, settings);
    const state = (revision: number) => ({
      ...nothingRuns,
      revision,
      weights: { v1: 90, v2: 10 },
      shadow: null,
      environment: { weights: { v1: 50, v2: 50 }, shadow: null },
    });
    const change = { who: 'admin', action: 'weights', reason: 'canary', from: { v1: 50 }, to: null };
    expect(await control.load()).toBeNull();
    expect(await control.save(state(1), change)).toBe(true);
    expect(await control.save(state(1), change)).toBe(false);
    expect(await control.save(state(3), change)).toBe(false);
    expect(await control.save(state(2), { ...change, reason: 'again' })).toBe(true);
    const audit = await control.audit(10);
    expect(audit.map(({ id, time, ...entry }) => entry)).toEqual([
      { ...change, revision: 2, reason: 'again' },
      { ...change, revision: 1 },
    ]);
    expect((await control.audit(10, audit[0]?.id)).map((entry) => entry.revision)).toEqual([1]);
    await record.close();
    const again = await open({}, settings);
    expect(await again.control.load()).toEqual(state(2));
  });

  function expectedRow(row: RecordedPrediction): HistoryRow {
    return {
      prediction_id: row.id,
      time: new Date(Number.parseInt(row.id.replace('-', '').slice(0, 12), 16)).toISOString(),
      model_version: row.version,
      assigned: row.assigned,
      release: row.release,
      route: row.route,
      source: row.source,
      reference: row.reference,
      user_hash: row.userHash,
      feature_names: [...row.columns],
      features: [...(row.features as FeatureValue[])],
      prediction: row.label < 0 ? null : row.label,
      class: row.label < 0 ? null : (SCHEMA.classes[row.label] as string),
      probability: row.probability === null ? null : [...(row.probability as number[])],
      latency_ms: Math.round(row.latencySeconds * 1e9) / 1e6,
      error: row.error,
      actual: null,
      outcome: null,
    };
  }
});
