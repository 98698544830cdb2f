import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryRow } from '@coppice/contract';
import { startOipServer } from '@coppice/testkit/oip-server';
import { ensureProgram } from '@coppice/testkit/programs/ensure-program';
import { ensurePython } from '@coppice/testkit/programs/ensure-python';
import { aRow, openForTest } from '@coppice/testkit/record/databases';
import { startGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROWS = 40;
let folder: string;
let python: string;
let rows: HistoryRow[];

const run = (script: string, ...args: string[]) =>
  JSON.parse(execFileSync(python, ['-c', script, ...args], { encoding: 'utf8' }));

beforeAll(async () => {
  ensureProgram('sqlite3', { 'apt-get': 'sqlite3', dnf: 'sqlite', apk: 'sqlite' });
  python = join(
    await ensurePython(['pandas==3.1.1', 'duckdb==1.5.5', 'duckdb-extension-sqlite-scanner==1.5.5']),
    'python',
  );
  folder = mkdtempSync(join(tmpdir(), 'coppice-readers-'));
  const model = await startOipServer();
  const gateway = await startGateway({ models: [model.url], env: { DATA_DIR: folder } });
  for (let i = 0; i < ROWS; i++) {
    const features = [i % 2, i / 7];
    const { body } = await gateway.post('/predict', { features, reference: `-${i}`, user: `user ${i % 3}` });
    if (i % 4 === 0) await gateway.post('/feedback', { prediction_id: body.prediction_id, actual: body.class });
  }
  await until(async () => {
    rows = (await gateway.get('/predictions')).body.predictions;
    expect(rows).toHaveLength(ROWS);
  });
  for (const format of ['csv', 'ndjson'])
    writeFileSync(
      join(folder, `predictions.${format}`),
      await (await fetch(`${gateway.url}/predictions?format=${format}`)).text(),
    );
  await gateway.stop({ keepData: true });
  await model.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tableOf = (all: Pick<HistoryRow, 'prediction_id' | 'latency_ms' | 'class' | 'actual'>[]) =>
  all.map(({ prediction_id, latency_ms, class: name, actual }) => [prediction_id, latency_ms, name, actual]);

describe('the record is read by', () => {
  it('sqlite3: the view history of the file that a stopped gateway leaves', () => {
    const query = 'SELECT * FROM history ORDER BY prediction_id DESC';
    const read = JSON.parse(
      execFileSync('sqlite3', ['-readonly', '-json', join(folder, 'coppice.db'), query], { encoding: 'utf8' }),
    ) as (HistoryRow & { feature_names: string & string[]; features: string; probability: string })[];
    const parsed = read.map((row) => ({
      ...row,
      feature_names: JSON.parse(row.feature_names),
      features: JSON.parse(row.features),
      probability: JSON.parse(row.probability),
    }));
    expect(parsed).toEqual(rows);
  });

  it('sqlite3: latencies that its own rounding, in the versions of some systems, gets wrong', async () => {
    const DATA_DIR = join(folder, 'hard');
    const { record } = await openForTest({ DATA_DIR });
    for (const latencySeconds of [0.002280362000000423, 0.0456211430000003, 0.00011330900000029942, 0.0713153339999999])
      record.append(aRow({ latencySeconds }));
    const { predictions } = await record.history({ limit: 10 });
    await record.close();
    const query = 'SELECT latency_ms FROM history ORDER BY prediction_id DESC';
    const read = execFileSync('sqlite3', ['-readonly', '-json', join(DATA_DIR, 'coppice.db'), query]);
    expect(JSON.parse(`${read}`)).toEqual(predictions.map(({ latency_ms }) => ({ latency_ms })));
  });

  it('DuckDB: the same view', () => {
    const script = `
import duckdb, duckdb_extension_sqlite_scanner as extension, glob, json, os, sys
file, = glob.glob(os.path.dirname(extension.__file__) + '/**/*.duckdb_extension', recursive=True)
db = duckdb.connect(config={'allow_unsigned_extensions': 'true'})
db.execute(f"LOAD '{file}'")
db.execute(f"ATTACH '{sys.argv[1]}' AS coppice (TYPE sqlite, READ_ONLY)")
print(json.dumps(db.execute("""
  SELECT prediction_id, latency_ms::DOUBLE, class, actual, features::DOUBLE[], probability::DOUBLE[]
  FROM sqlite_query('coppice', 'SELECT * FROM history') ORDER BY 1 DESC""").fetchall()))`;
    const read = run(script, join(folder, 'coppice.db'));
    expect(read).toEqual(rows.map((row) => [...(tableOf([row])[0] as unknown[]), row.features, row.probability]));
  });

  it('pandas: the CSV, with numbers as numbers', () => {
    const script = `
import pandas, sys
table = pandas.read_csv(sys.argv[1])
assert table['reference'].dtype == 'int64', table['reference'].dtype
assert table['latency_ms'].dtype == 'float64', table['latency_ms'].dtype
print(table[['prediction_id', 'latency_ms', 'class', 'actual']].to_json(orient='values', double_precision=15))`;
    expect(run(script, join(folder, 'predictions.csv'))).toEqual(tableOf(rows));
  });

  it('pandas: the NDJSON', () => {
    const script = `
import pandas, sys
table = pandas.read_json(sys.argv[1], lines=True, dtype=False)
assert len(table['features'][0]) == 2
print(table[['prediction_id', 'latency_ms', 'class', 'actual']].to_json(orient='values', double_precision=15))`;
    expect(run(script, join(folder, 'predictions.ndjson'))).toEqual(tableOf(rows));
  });
});
