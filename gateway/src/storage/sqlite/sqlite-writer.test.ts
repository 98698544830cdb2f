import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { totalOf } from '@coppice/statistics/bucketed';
import { aRow, idAt } from '@coppice/testkit/record/databases';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { RowBatch } from '../rows/row-batch.ts';
import { uuidText } from '../rows/uuid-v7.ts';
import { openSqlite, openSqliteForReading } from './open-sqlite.ts';

const T0 = 1_790_000_000_000;
const CLASSES = ['setosa', 'versicolor', 'virginica'];
const epoch = { period: 1, weights: { v1: 1, v2: 1 }, releases: {} };
const origins = ['v1', 'v2'].map((version) => {
  return { ...{ version, assigned: version, release: null, source: 'api' as const, epoch }, columns: ['x'] };
});
const words = { generation: 0, origins, routes: ['weighted'], errors: ['timeout'], classes: CLASSES };

/** A row of an id; what it says is by `variant`. */
type Sent = { id: string; variant: number };

function batchOf(rows: readonly Sent[]): RowBatch {
  const batch = new RowBatch(new ArrayBuffer(1024 * Math.max(1, rows.length)));
  for (const { id, variant } of rows) {
    const failed = variant % 5 === 0;
    const said = {
      label: failed ? -1 : variant % 3,
      probability: failed ? null : [0.2, 0.3, 0.5],
      bucket: variant % 64,
    };
    const reference = variant % 7 === 0 ? `order ${variant}` : null;
    const row = aRow({ id, ...said, reference, latencySeconds: 0.001 * (variant + 1), features: [variant] });
    if (!batch.push(row, { origin: variant % 2, route: 0, error: failed ? 1 : 0 })) throw new Error('no room');
  }
  return batch;
}

function open() {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-writer-'));
  const file = join(folder, 'coppice.db');
  const db = openSqlite(file, { maxRows: 1e6, maxDays: 36_500 }, () => T0);
  const other = new DatabaseSync(file);
  const reading = openSqliteForReading(file);
  const close = () => {
    for (const one of [reading, other, db]) one.close();
    rmSync(folder, { recursive: true });
  };
  const all = (sql: string) => other.prepare(sql).all() as Record<string, number>[];
  const write = (batches: readonly Sent[][]) => db.record.write({ ...words, batches: batches.map(batchOf) });
  const ids = () => other.prepare('SELECT id FROM prediction ORDER BY id').all() as { id: Uint8Array }[];
  /** Rows, and what each count says of them. */
  const contents = async () => {
    const [found] = await reading.comparison.epochs(0, Number.MAX_SAFE_INTEGER);
    const latencies = found?.latencies.flatMap(({ counts }) => [...counts]) ?? [];
    const { predictions } = await reading.history.history({ limit: 10_000 });
    return {
      rows: predictions.map((row) => [row.prediction_id, row.features[0]]).sort(),
      counted: all('SELECT rows FROM row_count')[0]?.rows,
      summaries: all('SELECT resolution, version, bucket, n FROM latency_summary ORDER BY resolution, version, bucket'),
      cells: found?.cells
        .filter(({ metric }) => metric === 'assigned' || metric === 'answered' || metric === 'errors')
        .map(({ version, metric, n, sum }) => [version, metric, totalOf(n), totalOf(sum)]),
      latencies: latencies.reduce((sum, n) => sum + n, 0),
    };
  };
  return { write, contents, ids, other, close };
}

const sent = fc.record({ id: fc.nat(150), variant: fc.nat(40) });
const messages = fc.array(fc.array(fc.array(sent, { maxLength: 90 }), { maxLength: 3 }), {
  minLength: 1,
  maxLength: 5,
});

it('keeps the first of rows that are sent again, and counts each once', async () => {
  const names = Array.from({ length: 151 }, (_, i) => idAt(T0 + i));
  await fc.assert(
    fc.asyncProperty(messages, async (drawn) => {
      const rows = drawn.map((batches) =>
        batches.map((batch) => batch.map((row) => ({ ...row, id: names[row.id] as string }))),
      );
      const firsts = new Map<string, Sent>();
      for (const row of rows.flat(2)) if (!firsts.has(row.id)) firsts.set(row.id, row);
      const [one, alone] = [open(), open()];
      try {
        for (const batches of rows) one.write(batches);
        // without one that is sent again, and a transaction for each
        for (const row of firsts.values()) alone.write([[row]]);
        const contents = await one.contents();
        expect(contents).toEqual(await alone.contents());
        expect(contents.counted).toBe(firsts.size);
        const kept = [...firsts.values()].map(({ id, variant }) => [id, variant]).sort();
        expect(contents.rows).toEqual(kept);
      } finally {
        one.close();
        alone.close();
      }
    }),
    { numRuns: 40 },
  );
});

it.each([1, 2, 31, 32, 33, 63, 64, 100, 1023])('writes %i rows in the order and with the values they have', (n) => {
  const { write, ids, other, close } = open();
  onTestFinished(close);
  const rows = Array.from({ length: n }, (_, i) => ({ id: idAt(T0 + i), variant: i }));
  write([rows.slice(0, n >> 1), rows.slice(n >> 1)]);
  expect(ids().map(({ id }) => uuidText(id))).toEqual(rows.map(({ id }) => id));
  const references = other.prepare('SELECT reference FROM prediction ORDER BY id').all() as { reference: string }[];
  expect(references.map(({ reference }) => reference)).toEqual(
    rows.map(({ variant }) => (variant % 7 === 0 ? `order ${variant}` : null)),
  );
});

it('writes nothing of a transaction that fails between its statements, and all of it the next time', async () => {
  const { write, contents, other, close } = open();
  onTestFinished(close);
  const rows = Array.from({ length: 75 }, (_, i) => ({ id: idAt(T0 + i), variant: i }));
  const fault = `CREATE TRIGGER fault BEFORE INSERT ON prediction WHEN new.bucket = 40 BEGIN SELECT RAISE(ABORT, 'fault'); END`;
  other.exec(fault);
  expect(() => write([rows])).toThrow('fault');
  expect((await contents()).rows).toEqual([]);
  other.exec('DROP TRIGGER fault');
  write([rows.slice(0, 3)]);
  write([rows]);
  expect((await contents()).counted).toBe(75);
});
