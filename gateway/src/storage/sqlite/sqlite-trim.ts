import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Retention } from '../port/storage-config.ts';
import { uuidFloor } from '../rows/uuid-v7.ts';
import { MINUTES_KEPT_MS, RESOLUTIONS } from '../summaries/cover-period.ts';

const STEP_ROWS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_RESOLUTION = RESOLUTIONS[2];

/** Deletes what is beyond the retention, oldest first, a small step at a time. The summaries outlive trimmed rows. */
export class SqliteTrim {
  readonly #db: DatabaseSync;
  readonly #retention: Retention;
  readonly #rows: StatementSync;
  readonly #nth: StatementSync;

  constructor(db: DatabaseSync, retention: Retention) {
    this.#db = db;
    this.#retention = retention;
    this.#rows = db.prepare('SELECT rows FROM row_count');
    this.#nth = db.prepare('SELECT id FROM prediction ORDER BY id LIMIT 1 OFFSET ?');
  }

  /** To be called in a transaction; true while there is more to delete. */
  step(now: number): boolean {
    const { rows } = this.#rows.get() as { rows: number };
    const excess = Math.max(0, rows - this.#retention.maxRows);
    const tooOld = uuidFloor(now - this.#retention.maxDays * DAY_MS);
    const tooMany = this.#nthOldest(Math.min(excess, STEP_ROWS + 1)) ?? tooOld;
    const wanted = Buffer.compare(tooMany, tooOld) > 0 ? tooMany : tooOld;
    const stepEnd = this.#nthOldest(STEP_ROWS);
    const more = stepEnd !== null && Buffer.compare(stepEnd, wanted) < 0;
    this.#deleteBelow(more ? stepEnd : wanted);
    this.#trimSummaries(now);
    return more;
  }

  #nthOldest(n: number): Uint8Array | null {
    return (this.#nth.get(n) as { id: Uint8Array } | undefined)?.id ?? null;
  }

  #deleteBelow(id: Uint8Array): void {
    const { changes } = this.#db.prepare('DELETE FROM prediction WHERE id < ?').run(id);
    if (changes === 0) return;
    this.#db.prepare('DELETE FROM feedback WHERE id < ?').run(id);
    this.#db.prepare('UPDATE row_count SET rows = rows - ?').run(changes);
  }

  #trimSummaries(now: number): void {
    for (const table of ['latency_summary', 'confusion_summary']) {
      const remove = this.#db.prepare(`DELETE FROM ${table} WHERE resolution = ? AND start < ?`);
      for (const resolution of RESOLUTIONS) {
        const minutes = resolution === MINUTE_RESOLUTION;
        remove.run(resolution, now - (minutes ? MINUTES_KEPT_MS + HOUR_MS : this.#retention.maxDays * DAY_MS + DAY_MS));
      }
    }
  }
}
