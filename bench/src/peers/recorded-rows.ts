import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Counts the rows in a gateway's SQLite record. */
export function recordedRows(dataDir: string): number {
  const db = new DatabaseSync(join(dataDir, 'coppice.db'), { readOnly: true, timeout: 5000 });
  try {
    return (db.prepare('SELECT count(*) AS n FROM prediction').get() as { n: number }).n;
  } finally {
    db.close();
  }
}
