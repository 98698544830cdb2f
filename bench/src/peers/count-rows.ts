import { randomUUIDv7 } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { eachRow } from '@coppice/gateway/accounting/each-row';
import { BufferedRecord } from '@coppice/gateway/record/buffered-record';
import { readRecordConfig } from '@coppice/gateway/record/record-config';
import { openStorage } from '@coppice/gateway/storage/open-storage';
import { readStorageConfig } from '@coppice/gateway/storage/port/storage-config';

/*
 * Records predictions as the gateway does, with or without their epoch, which is what makes them count in the cells of
 * the comparison: node count-rows.ts --folder DIR --rows N --epoch on|off. Prints one line of JSON: microseconds of
 * processor time per row, all threads together, writing included.
 */
const { values } = parseArgs({
  options: { folder: { type: 'string' }, rows: { type: 'string' }, epoch: { type: 'string' } },
});
/** As many as come between two writes at 10,000 predictions a second. */
const ROWS_PER_WRITE = 500;
const WARM_UP = 100_000;
const rows = Number(values.rows);
const folder = values.folder as string;

mkdirSync(folder, { recursive: true });
const env = { DATA_DIR: folder, RECORD_MAX_ROWS: '100000000' };
const quiet = { info() {}, warn() {} };
const storage = await openStorage(readStorageConfig(env), { log: quiet, onWritable() {} });
const record = new BufferedRecord(readRecordConfig(env), {
  storage,
  schema: () => ({ features: columns, classes: ['setosa', 'versicolor', 'virginica'] }),
  onDropped(lost) {
    throw new Error(`${lost} rows were lost`);
  },
});
const columns = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];
const versions = [{ name: 'v1' }, { name: 'v2' }];
const releases = { v1: 'a'.repeat(64), v2: 'b'.repeat(64) };
const epoch = values.epoch === 'on' ? { period: Date.now(), weights: { v1: 50, v2: 50 }, releases } : null;
const append = (row: Parameters<typeof record.append>[0]) => record.append(row);

await send(WARM_UP);
const before = process.cpuUsage();
await send(rows);
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ micros: (user + system) / rows, file: join(folder, 'coppice.db') }));
await record.close();
await storage.close();

async function send(n: number): Promise<void> {
  for (let i = 0; i < n; i++) {
    const version = versions[i & 1] as { name: 'v1' | 'v2' };
    const features = [5.1, 3.5 + (i % 7), 1.4, 0.2];
    eachRow(
      {
        ...{ version, assigned: version, release: releases[version.name], epoch, route: 'weighted' },
        seconds: 0.0005 + (i % 97) * 1e-5,
      },
      {
        ...{ time: Date.now(), user: undefined, source: 'api', reference: undefined, features, columns },
        ids: [randomUUIDv7()],
      },
      { answer: { labels: [i % 3], probabilities: [0.1, 0.2, 0.7], classes: 3, release: null }, first: 0 },
      append,
    );
    if (i % ROWS_PER_WRITE === ROWS_PER_WRITE - 1) await record.flush();
  }
  await record.flush();
}
