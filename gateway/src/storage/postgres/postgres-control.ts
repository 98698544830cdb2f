import type { AuditEntry } from '@coppice/contract';
import type { Pool, PoolClient } from 'pg';
import { type AuditedChange, type ControlRows, type ControlState, readControlState } from '../port/control-store.ts';
import { transaction } from './transaction.ts';

export const CONTROL_CHANNEL = 'coppice_control';

type AuditRow = Omit<AuditEntry, 'time' | 'from' | 'to'> & { time: number; from_value: string; to_value: string };

/** The control state and its audit in PostgreSQL; announces each change to the other gateways. */
export class PostgresControl implements ControlRows {
  readonly #pool: Pool;
  readonly #now: () => number;

  constructor(pool: Pool, now: () => number) {
    this.#pool = pool;
    this.#now = now;
  }

  async load(): Promise<ControlState | null> {
    const { rows } = await this.#pool.query<{ state: string }>('SELECT state FROM coppice.control');
    return rows[0] ? readControlState(rows[0].state) : null;
  }

  save(next: ControlState, change: AuditedChange): Promise<boolean> {
    return transaction(this.#pool, async (client) => {
      const { rowCount } = await client.query(
        `INSERT INTO coppice.control AS c (id, revision, state) VALUES (1, $1, $2)
         ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, state = excluded.state
         WHERE c.revision = excluded.revision - 1`,
        [next.revision, JSON.stringify(next)],
      );
      if (rowCount === 0) return false;
      await this.#addAudit(client, next.revision, change);
      await client.query('SELECT pg_notify($1, $2)', [CONTROL_CHANNEL, String(next.revision)]);
      return true;
    });
  }

  async note(change: AuditedChange): Promise<void> {
    await this.#addAudit(this.#pool, (await this.load())?.revision ?? 0, change);
  }

  async #addAudit(database: Pool | PoolClient, revision: number, change: AuditedChange): Promise<void> {
    await database.query(
      `INSERT INTO coppice.audit (time, revision, who, action, reason, from_value, to_value)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        ...[this.#now(), revision, change.who, change.action, change.reason],
        ...[JSON.stringify(change.from ?? null), JSON.stringify(change.to ?? null)],
      ],
    );
  }

  async audit(limit: number, beforeId: number | null): Promise<AuditEntry[]> {
    const { rows } = await this.#pool.query<AuditRow>(
      'SELECT * FROM coppice.audit WHERE id < $1 ORDER BY id DESC LIMIT $2',
      [beforeId ?? 2 ** 31 - 1, limit],
    );
    return rows.map(({ from_value, to_value, time, ...row }) => ({
      ...row,
      time: new Date(time).toISOString(),
      from: JSON.parse(from_value),
      to: JSON.parse(to_value),
    }));
  }
}
