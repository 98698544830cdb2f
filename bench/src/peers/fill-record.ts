import { randomUUIDv7 } from 'node:crypto';
import { parseArgs } from 'node:util';
import { RowBatch } from '@coppice/gateway/storage/rows/row-batch';
import { openSqlite } from '@coppice/gateway/storage/sqlite/open-sqlite';

/*
 * Fills a SQLite record as a gateway would in some days: node fill-record.ts --file FILE --rows N --days N.
 * One row in a thousand has feedback. Meanwhile the weights went from 1 to 50 % as in a rollout, in the experiment
 * `filled`, which still runs.
 */
const { values } = parseArgs({
  options: { file: { type: 'string' }, rows: { type: 'string' }, days: { type: 'string' } },
});
const rows = Number(values.rows);
const span = Number(values.days) * 86_400_000;
const classes = ['setosa', 'versicolor', 'virginica'];
const columns = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];
const now = Date.now();
const weights = { v1: 50, v2: 50 };
const begun = now - span;
/** The first rows of each are `span / EPOCHS` apart. */
const EPOCHS = 6;
const periods = Array.from({ length: EPOCHS }, (_, i) => Math.floor(begun + (i * span) / EPOCHS));
const origins = periods.flatMap((period, i) =>
  ['v1', 'v2'].map((version) => ({
    ...{ version, assigned: version, release: null, source: 'api' as const, columns },
    epoch: {
      period,
      weights: i === EPOCHS - 1 ? weights : { v1: 100 - i - 1, v2: i + 1 },
      releases: { v1: null, v2: null },
    },
  })),
);
const words = { generation: 0, origins, routes: ['weighted'], errors: ['timeout'], classes };
const database = openSqlite(values.file as string, { maxRows: Number.MAX_SAFE_INTEGER, maxDays: 36_500 });
for (let written = 0; written < rows; ) {
  const batches: RowBatch[] = [];
  const withFeedback: { prediction_id: string; actual: string }[] = [];
  let batch = new RowBatch();
  for (let inTransaction = 0; inTransaction < 20_000 && written < rows; inTransaction++, written++) {
    const id = idAt(now - span + Math.floor((written / rows) * span));
    const label = written % 3;
    const failed = written % 1000 === 7;
    const row = {
      ...{ id, time: now, route: 'weighted' as const, userHash: null, error: null },
      ...{ version: '', assigned: null, release: null, source: 'api' as const, reference: null },
      ...{ epoch: null, bucket: written % 64, first: true },
      columns,
      features: [5 + label, 3, 1 + 2 * label, label],
      label: failed ? -1 : label,
      probability: failed ? null : [0, 1, 2].map((c) => (c === label ? 0.9 : 0.05)),
      latencySeconds: 0.0005 + (written % 97) * 1e-5,
    };
    const codes = {
      origin: 2 * Math.floor((written / rows) * EPOCHS) + (written & 1),
      route: 0,
      error: failed ? 1 : 0,
    };
    if (!batch.push(row, codes)) {
      batches.push(batch);
      batch = new RowBatch();
      batch.push(row, codes);
    }
    if (written % 1000 === 0) withFeedback.push({ prediction_id: id, actual: classes[label] as string });
  }
  await database.record.write({ ...words, batches: [...batches, batch] });
  await database.record.addFeedback(withFeedback, { classes, costs: null, outcomeRange: null }, false);
}
database.control.save(
  {
    ...{ revision: 1, weights, shadow: null, environment: { weights, shadow: null }, rollout: null },
    period: periods.at(-1) as number,
    experiment: {
      ...{ name: 'filled', baseline: 'v1', candidates: ['v2'], metric: 'accuracy', margin: 0.02, effect: 0.02 },
      ...{ reason: 'benchmark', who: 'benchmark', period: begun, started: new Date(begun).toISOString() },
    },
  },
  { who: 'benchmark', action: 'weights', reason: 'benchmark', from: null, to: { weights, shadow: null } },
);
await database.close();

/** A uuid v7 of a given time. */
function idAt(time: number): string {
  const hex = time.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}${randomUUIDv7().slice(13)}`;
}
