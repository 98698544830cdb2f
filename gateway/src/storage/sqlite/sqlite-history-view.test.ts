import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { HistoryRow } from '@coppice/contract';
import { aRow, openForTest } from '@coppice/testkit/record/databases';
import { seededRandom } from '@coppice/testkit/seeded-random';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';

async function setUp() {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'coppice-view-'));
  const { record } = await openForTest({ DATA_DIR });
  const db = new DatabaseSync(join(DATA_DIR, 'coppice.db'), { readOnly: true });
  onTestFinished(async () => {
    db.close();
    await record.close();
    rmSync(DATA_DIR, { recursive: true });
  });
  const view = () =>
    (db.prepare('SELECT * FROM history ORDER BY prediction_id DESC').all() as Record<string, string | null>[]).map(
      ({ feature_names, features, probability, ...row }) => ({
        ...row,
        feature_names: JSON.parse(feature_names as string),
        features: JSON.parse(features as string),
        probability: probability && JSON.parse(probability),
      }),
    );
  return { record, view };
}

it('the view of the record has what the history has', async () => {
  const { record, view } = await setUp();
  const hard = [5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.30000000000000004, -0.1, 1 / 3, 1e-300];
  const failed = { label: -1, probability: null, error: 'timeout', userHash: 'abc' };
  const rows = [
    aRow({ features: hard, userHash: '0123456789abcdef', reference: 'order-1', source: 'page', release: 'r' }),
    aRow({ ...failed, features: [0, 1], assigned: null, latencySeconds: 1.5 }),
    aRow({ features: [null, 'a "quoted", text', 2, '', 'größe\n', true, false], userHash: 'xyz' }),
  ];
  for (const row of rows) record.append(row);
  await record.addFeedback([{ prediction_id: rows[0]?.id as string, actual: 'setosa' }]);
  expect(view()).toEqual((await record.history({ limit: 10 })).predictions);
});

it('its numbers are those that were written, to the last bit', async () => {
  const { record, view } = await setUp();
  const numbers = fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), { numRuns: 2000, seed: 3 });
  record.append(aRow({ features: numbers }));
  await record.flush();
  expect(view()[0]?.features.map((value: number) => value + 0)).toEqual(numbers.map((value) => value + 0));
});

it('its latencies are those of the history, to the last bit', async () => {
  const { record, view } = await setUp();
  const random = seededRandom(5);
  for (let i = 0; i < 2000; i++) record.append(aRow({ latencySeconds: random() ** 4 * 10 }));
  const history = (await record.history({ limit: 2000 })).predictions;
  expect(history).toHaveLength(2000);
  const latencies = (rows: object[]) => rows.map((row) => (row as HistoryRow).latency_ms);
  expect(latencies(view())).toEqual(latencies(history));
});

it('is renewed in a database that an older gateway left', async () => {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'coppice-view-'));
  onTestFinished(() => rmSync(DATA_DIR, { recursive: true }));
  const first = await openForTest({ DATA_DIR });
  await first.record.close();
  const db = new DatabaseSync(join(DATA_DIR, 'coppice.db'));
  const sql = () => db.prepare("SELECT sql FROM sqlite_schema WHERE name = 'history'").get()?.sql;
  const [present, changes] = [sql(), 'PRAGMA schema_version'];
  db.exec('DROP VIEW history; CREATE VIEW history AS SELECT 1 AS old');
  const second = await openForTest({ DATA_DIR });
  await second.record.close();
  expect(sql()).toBe(present);
  // and left alone where it is the same
  const before = db.prepare(changes).get();
  await (await openForTest({ DATA_DIR })).record.close();
  expect(db.prepare(changes).get()).toEqual(before);
  db.close();
});

it('its rows are those of the history, whatever kinds their values are of', async () => {
  const { record, view } = await setUp();
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.boolean(),
    fc.constant(null),
    fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
    fc.date({ noInvalidDate: true, min: new Date(0) }).map((date) => date.toISOString()),
  );
  const rows = fc.sample(fc.array(value, { minLength: 1, maxLength: 9 }), { numRuns: 300, seed: 7 });
  for (const features of rows) record.append(aRow({ columns: features.map((_, i) => `f${i}`), features }));
  await record.flush();
  expect(view()).toEqual((await record.history({ limit: 1000 })).predictions);
});
