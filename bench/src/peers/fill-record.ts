import { randomUUIDv7 } from 'node:crypto';
import { parseArgs } from 'node:util';
import { RowBatch } from '@coppice/gateway/storage/rows/row-batch';
import { openSqlite } from '@coppice/gateway/storage/sqlite/open-sqlite';

/*
 * Fills a SQLite record as a gateway would in some days: node fill-record.ts --file FILE --rows N --days N.
 * One row in a thousand has feedback.
 */
const { values } = parseArgs({
  options: { file: { type: 'string' }, rows: { type: 'string' }, days: { type: 'string' } },
});
const rows = Number(values.rows);
const span = Number(values.days) * 86_400_000;
const classes = ['setosa', 'versicolor', 'virginica'];
const origins = ['v1', 'v2'].map((version) => ({
  version,
  assigned: version,
  release: null,
  source: 'api' as const,
  epoch: null,
}));
const words = { generation: 0, origins, routes: ['weighted'], errors: ['timeout'], classes };
const database = openSqlite(values.file as string, { maxRows: Number.MAX_SAFE_INTEGER, maxDays: 36_500 });
const now = Date.now();
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
      ...{ epoch: null, bucket: 0, first: true },
      features: [5 + label, 3, 1 + 2 * label, label],
      label: failed ? -1 : label,
      probability: failed ? null : [0, 1, 2].map((c) => (c === label ? 0.9 : 0.05)),
      latencySeconds: 0.0005 + (written % 97) * 1e-5,
    };
    const codes = { origin: written & 1, route: 0, error: failed ? 1 : 0 };
    if (!batch.push(row, codes)) {
      batches.push(batch);
      batch = new RowBatch();
      batch.push(row, codes);
    }
    if (written % 1000 === 0) withFeedback.push({ prediction_id: id, actual: classes[label] as string });
  }
  await database.record.write({ ...words, batches: [...batches, batch] });
  await database.record.addFeedback(withFeedback);
}
await database.close();

/** A uuid v7 of a given time. */
function idAt(time: number): string {
  const hex = time.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}${randomUUIDv7().slice(13)}`;
}
