import type { DatabaseSync } from 'node:sqlite';
import type { DocumentStore } from '../port/comparison-store.ts';

/** Named JSON values in SQLite. */
export class SqliteDocuments implements DocumentStore {
  readonly #db: DatabaseSync;
  readonly #now: () => number;

  constructor(db: DatabaseSync, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  put(kind: string, name: string, value: unknown, once = false): unknown {
    this.#db
      .prepare(
        `INSERT INTO document (kind, name, time, value) VALUES (?, ?, ?, ?)
         ON CONFLICT DO ${once ? 'NOTHING' : 'UPDATE SET value = excluded.value'}`,
      )
      .run(kind, name, this.#now(), JSON.stringify(value));
    return this.get(kind, name);
  }

  get(kind: string, name: string): unknown | null {
    const row = this.#db.prepare('SELECT value FROM document WHERE kind = ? AND name = ?').get(kind, name);
    return row ? JSON.parse(row.value as string) : null;
  }

  remove(kind: string, name: string): void {
    this.#db.prepare('DELETE FROM document WHERE kind = ? AND name = ?').run(kind, name);
  }

  list(kind: string, limit: number): { name: string; value: unknown }[] {
    return this.#db
      .prepare('SELECT name, value FROM document WHERE kind = ? ORDER BY time DESC, rowid DESC LIMIT ?')
      .all(kind, limit)
      .map(({ name, value }) => ({ name: name as string, value: JSON.parse(value as string) }));
  }
}
