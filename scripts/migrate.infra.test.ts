import { execFile } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { RowBatch } from '@coppice/gateway/storage/rows/row-batch';
import { openSqlite } from '@coppice/gateway/storage/sqlite/open-sqlite';
import { ensurePostgres } from '@coppice/testkit/programs/ensure-postgres';
import { startThrowawayPostgres } from '@coppice/testkit/programs/throwaway-postgres';
import { CHANGE, openForTest, stateAt } from '@coppice/testkit/record/databases';
import { expect, it, onTestFinished } from 'vitest';

const ROWS = 1_000_000;
const EVERY = 100;
const classes = ['setosa', 'versicolor', 'virginica'];
const script = fileURLToPath(new URL('migrate.ts', import.meta.url));
const run = promisify(execFile);
const retention = { maxRows: 10_000_000, maxDays: 36_500 };

it(`npm run migrate moves ${ROWS} predictions with feedback, weights, audit and cells, and a gateway goes on there`, async () => {
  ensurePostgres();
  const folder = mkdtempSync(join(tmpdir(), 'coppice-migrate-'));
  const server = await startThrowawayPostgres();
  onTestFinished(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const url = await server.createDatabase('moved');
  fill(join(folder, 'coppice.db'));

  const { stdout, stderr } = await run(process.execPath, [script, '--to', url, '--from', folder]);
  console.log(stdout.trim());
  expect(stdout).toContain(`prediction: ${ROWS} rows`);
  expect(stdout).toContain(`feedback: ${ROWS / EVERY} rows`);
  expect(stdout).toMatch(/moved in [\d.]+ s, counts and sums are equal/);
  expect(stderr).toContain(`of ${ROWS} rows`);

  const [was, is] = [{ DATA_DIR: folder }, { DATABASE_URL: url }];
  const seen = [];
  for (const settings of [was, is]) {
    const opened = await openForTest(settings, { config: { retention } });
    seen.push({
      performance: await opened.record.performance(0, Date.now() + 1),
      last: (await opened.record.history({ limit: 100 })).predictions,
      control: await opened.control.load(),
      counted: (await opened.epochs()).flatMap(({ cells }) =>
        cells.map(({ n }) => n.reduce((sum, one) => sum + one, 0)),
      ),
    });
    await opened.record.close();
  }
  const [before, after] = seen.map((one) => ({ ...one, counted: one.counted.toSorted((a, b) => a - b) }));
  expect(after).toEqual(before);
  expect(after?.counted.at(-1)).toBe(ROWS / 2);
});

/** As a gateway would in some days: two versions, an epoch each half of the time. */
function fill(file: string): void {
  const database = openSqlite(file, retention);
  const from = Date.now() - 86_400_000;
  const columns = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];
  const origins = [0, 1].map((half) => ({
    ...{ version: half ? 'v2' : 'v1', assigned: half ? 'v2' : 'v1', release: null, source: 'api' as const, columns },
    epoch: { period: 1, weights: { v1: 50, v2: 50 }, releases: { v1: null, v2: null } },
  }));
  const words = { generation: 0, origins, routes: ['weighted'], errors: [], classes };
  const rules = { classes, costs: null, outcomeRange: null };
  for (let written = 0; written < ROWS; ) {
    const batches: RowBatch[] = [];
    const feedback: { prediction_id: string; actual: string }[] = [];
    for (let i = 0; i < 20_000; i++, written++) {
      const time = from + Math.floor((written / ROWS) * 86_400_000);
      const hex = time.toString(16).padStart(12, '0');
      const id = `${hex.slice(0, 8)}-${hex.slice(8)}${randomUUIDv7().slice(13)}`;
      const label = written % 3;
      const row = {
        ...{ id, time, route: 'weighted' as const, userHash: null, error: null, version: '', assigned: null },
        ...{ release: null, source: 'api' as const, reference: null, epoch: null, bucket: written % 64, first: true },
        ...{ columns, features: [5 + label, 3, 1, label], label, probability: [0.9, 0.05, 0.05], latencySeconds: 1e-3 },
      };
      const codes = { origin: written & 1, route: 0, error: 0 };
      let batch = batches.at(-1);
      if (!batch?.push(row, codes)) {
        batch = new RowBatch();
        batches.push(batch);
        batch.push(row, codes);
      }
      if (written % EVERY === 0)
        feedback.push({ prediction_id: id, actual: classes[(label + (written % 2)) % 3] as string });
    }
    database.record.write({ ...words, batches });
    database.record.addFeedback(feedback, rules, false);
  }
  database.control.save(stateAt(1), CHANGE);
  database.control.save(stateAt(2), CHANGE);
  database.close();
}
