import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { brotliDecompressSync } from 'node:zlib';
import pg from 'pg';
import type { Settings } from './databases.ts';

/**
 * A volume as the gateway of schema 1 (SQLite) and 2 (PostgreSQL) left it, written by its own code: 1,000 predictions of
 * v1 and v2 from 2026-01-05 on, one each 250 ms, with feedback, failures, user hashes and two control states. The files
 * stay as they are; what that gateway itself exported from them is below.
 */
export const keptVolume = {
  rows: 1_000,
  since: Date.parse('2026-01-05T00:00:00Z'),
  until: Date.parse('2026-01-08T00:00:00Z'),
  now: Date.parse('2026-01-07T00:00:00Z'),
  /** SHA-256 of its CSV. */
  csv: '57003eba866a328ff518acfe97fa3e5afc59912a05efc2c7a8e5dfa69e64261d',
  /** SHA-256 of its performance report, as JSON. */
  performance: '8a4574a94c76072339b42e1ea5ce95f529b38d862a34df8cbfc60e51ea8a4e2d',
  control: {
    revision: 2,
    weights: { v1: 90, v2: 10 },
    shadow: 'v2',
    environment: { weights: { v1: 50, v2: 50 }, shadow: null },
  },
};

const read = (name: string) => brotliDecompressSync(readFileSync(new URL(name, import.meta.url)));

/** Puts the kept volume where `settings` point, and adds older copies of its rows until there are `rows`. */
export async function restoreKeptVolume(settings: Settings, rows = keptVolume.rows): Promise<void> {
  const copies = rows / keptVolume.rows - 1;
  if (settings.DATA_DIR) {
    mkdirSync(settings.DATA_DIR, { recursive: true });
    const file = join(settings.DATA_DIR, 'coppice.db');
    writeFileSync(file, read('kept-sqlite.db.br'));
    const db = new DatabaseSync(file);
    // the first byte of an id is 01 for times of this century: 00 sorts before
    db.prepare(`
      WITH RECURSIVE copy(n) AS (SELECT 1 WHERE ?1 > 0 UNION ALL SELECT n + 1 FROM copy WHERE n < ?1)
      INSERT INTO prediction (id, kind, data)
      SELECT CAST(x'00' || substr(id, 2, 13) || char(n / 100, n % 100) AS BLOB), kind, data FROM prediction, copy`).run(
      copies,
    );
    db.prepare('UPDATE row_count SET rows = ?').run(rows);
    db.close();
    return;
  }
  const client = new pg.Client({ connectionString: settings.DATABASE_URL as string });
  await client.connect();
  await client.query(read('kept-postgres.sql.br').toString());
  await client.query(
    `INSERT INTO coppice.prediction (id, kind, latency, features, probability, user_hash)
     SELECT ('00' || substr(replace(id::text, '-', ''), 3, 26) || lpad(n::text, 4, '0'))::uuid,
       kind, latency, features, probability, user_hash
     FROM coppice.prediction, generate_series(1, $1::int) n`,
    [copies],
  );
  await client.query('UPDATE coppice.row_count SET rows = $1', [rows]);
  await client.end();
}
