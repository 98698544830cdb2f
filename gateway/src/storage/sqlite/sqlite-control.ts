import type { DatabaseSync } from 'node:sqlite';
import type { AuditEntry } from '@coppice/contract';
import { type AuditedChange, type ControlRows, type ControlState, readControlState } from '../port/control-store.ts';
import { transaction } from './transaction.ts';

type AuditRow = {
  id: number;
  time: number;
  revision: number;
  who: string;
  action: string;
  reason: string;
  from_value: string;
  to_value: string;
};

/** The control state and its audit in SQLite. */
export class SqliteControl implements ControlRows {
  readonly #db: DatabaseSync;
  readonly #now: () => number;

  constructor(db: DatabaseSync, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  load(): ControlState | null {
    const row = this.#db.prepare('SELECT state FROM control').get() as { state: string } | undefined;
    return row ? readControlState(row.state) : null;
  }

  save(next: ControlState, change: AuditedChange): boolean {
    return transaction(this.#db, () => this.#save(next, change));
  }

  audit(limit: number, beforeId: number | null): AuditEntry[] {
    const rows = this.#db
      .prepare('SELECT * FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?')
      .all(beforeId ?? Number.MAX_SAFE_INTEGER, limit) as AuditRow[];
    return rows.map(({ from_value, to_value, time, ...row }) => ({
      ...row,
      time: new Date(time).toISOString(),
      from: JSON.parse(from_value),
      to: JSON.parse(to_value),
    }));
  }

  note(change: AuditedChange): void {
    transaction(this.#db, () => this.#addAudit(this.load()?.revision ?? 0, change));
  }

  #save(next: ControlState, change: AuditedChange): boolean {
    const { changes } = this.#db
      .prepare(`
        INSERT INTO control (id, revision, state) VALUES (1, ?, ?)
        ON CONFLICT DO UPDATE SET revision = excluded.revision, state = excluded.state
        WHERE revision = excluded.revision - 1`)
      .run(next.revision, JSON.stringify(next));
    if (changes === 0) return false;
    this.#addAudit(next.revision, change);
    return true;
  }

  #addAudit(revision: number, change: AuditedChange): void {
    this.#db
      .prepare(`
        INSERT INTO audit (time, revision, who, action, reason, from_value, to_value) VALUES (?, ?, ?, ?, ?, ?, ?)`)
      .run(
        ...[this.#now(), revision, change.who, change.action, change.reason],
        ...[JSON.stringify(change.from ?? null), JSON.stringify(change.to ?? null)],
      );
  }
}
