import type { Pool } from 'pg';
import type { DocumentStore } from '../port/comparison-store.ts';

/** Named JSON values in PostgreSQL. */
export class PostgresDocuments implements DocumentStore {
  readonly #pool: Pool;
  readonly #now: () => number;

  constructor(pool: Pool, now: () => number) {
    this.#pool = pool;
    this.#now = now;
  }

  async put(kind: string, name: string, value: unknown, once = false): Promise<unknown> {
    await this.#pool.query(
      `INSERT INTO coppice.document (kind, name, time, value) VALUES ($1, $2, $3, $4)
       ON CONFLICT (kind, name) DO ${once ? 'NOTHING' : 'UPDATE SET value = excluded.value'}`,
      [kind, name, this.#now(), JSON.stringify(value)],
    );
    return this.get(kind, name);
  }

  async get(kind: string, name: string): Promise<unknown | null> {
    const { rows } = await this.#pool.query<{ value: string }>(
      'SELECT value FROM coppice.document WHERE kind = $1 AND name = $2',
      [kind, name],
    );
    return rows[0] ? JSON.parse(rows[0].value) : null;
  }

  async remove(kind: string, name: string): Promise<void> {
    await this.#pool.query('DELETE FROM coppice.document WHERE kind = $1 AND name = $2', [kind, name]);
  }

  async list(kind: string, limit: number): Promise<{ name: string; value: unknown }[]> {
    const { rows } = await this.#pool.query<{ name: string; value: string }>(
      'SELECT name, value FROM coppice.document WHERE kind = $1 ORDER BY time DESC, id DESC LIMIT $2',
      [kind, limit],
    );
    return rows.map(({ name, value }) => ({ name, value: JSON.parse(value) }));
  }
}
