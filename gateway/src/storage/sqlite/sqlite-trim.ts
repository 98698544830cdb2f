import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Retention } from '../port/storage-config.ts';
import { type ClockReading, type ClockState, clockWarning, isNews, readClock } from '../retention/record-clock.ts';
import { uuidFloor, uuidTime } from '../rows/uuid-v7.ts';
import { MINUTES_KEPT_MS, RESOLUTIONS } from '../summaries/cover-period.ts';
import { transaction } from './transaction.ts';

const STEP_ROWS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_RESOLUTION = RESOLUTIONS[2];

type Clocks = { now: () => number; monotonic: () => number };

/** Deletes rows beyond the retention, oldest first, a few at a time. The summaries outlive trimmed rows. */
export class SqliteTrim {
  readonly #db: DatabaseSync;
  /** Prepared once: a step follows every transaction. */
  readonly #clock: StatementSync;
  readonly #keepClock: StatementSync;
  readonly #deleteRows: StatementSync;
  readonly #deleteSummaries: readonly StatementSync[];
  readonly #retention: Retention;
  readonly #clocks: Clocks;
  readonly #rows: StatementSync;
  readonly #nth: StatementSync;
  readonly #oldEpoch: StatementSync;
  readonly #epochsTrimmed: () => void;
  #keptAt: number;
  #last: ClockReading | null = null;

  constructor(db: DatabaseSync, retention: Retention, clocks: Clocks, epochsTrimmed: () => void) {
    this.#db = db;
    this.#epochsTrimmed = epochsTrimmed;
    this.#retention = retention;
    this.#clocks = clocks;
    this.#clock = db.prepare('SELECT confirmed, held_below AS heldBelow, held_until AS heldUntil FROM record_clock');
    this.#keepClock = db.prepare('UPDATE record_clock SET confirmed = ?, held_below = ?, held_until = ?');
    this.#deleteRows = db.prepare('DELETE FROM prediction WHERE id >= ? AND id < ?');
    this.#deleteSummaries = ['latency_summary', 'confusion_summary'].map((table) =>
      db.prepare(`DELETE FROM ${table} WHERE resolution = ? AND start >= ? AND start < ?`),
    );
    this.#rows = db.prepare('SELECT rows FROM row_count');
    this.#nth = db.prepare('SELECT id FROM prediction WHERE id >= ? ORDER BY id LIMIT 1 OFFSET ?');
    this.#oldEpoch = db.prepare('SELECT 1 FROM epoch WHERE updated >= ? AND updated < ? LIMIT 1');
    this.#keptAt = clocks.monotonic();
  }

  /** To be called in a transaction; true while there is more to delete. */
  step(): boolean {
    const { now, heldBelow } = this.#readClock();
    const { rows } = this.#rows.get() as { rows: number };
    const from = uuidFloor(heldBelow);
    const excess = Math.max(0, rows - this.#retention.maxRows);
    const tooOld = uuidFloor(now - this.#retention.maxDays * DAY_MS);
    const tooMany = this.#nthOldest(from, Math.min(excess, STEP_ROWS + 1)) ?? tooOld;
    // without an excess it is the oldest row
    const more = excess === 0 && Buffer.compare(tooMany, tooOld) >= 0 ? false : this.#trimRows(from, tooMany, tooOld);
    this.#trimSummaries(heldBelow, now);
    return more;
  }

  #trimRows(from: Uint8Array, tooMany: Uint8Array, tooOld: Uint8Array): boolean {
    const wanted = Buffer.compare(tooMany, tooOld) > 0 ? tooMany : tooOld;
    const stepEnd = this.#nthOldest(from, STEP_ROWS);
    const more = stepEnd !== null && Buffer.compare(stepEnd, wanted) < 0;
    this.#delete(from, more ? stepEnd : wanted);
    return more;
  }

  /** What a person should know about the clock, or null. */
  warning(): string | null {
    return clockWarning(this.#last ?? transaction(this.#db, () => this.#readClock()));
  }

  #readClock(): ClockReading {
    const kept = this.#clock.get() as ClockState;
    const before = { ...kept, confirmed: kept.confirmed ?? this.#newest() };
    const at = this.#clocks.monotonic();
    const reading = readClock(before, this.#clocks.now(), at - this.#keptAt, this.#retention.maxDays);
    if (kept.confirmed === null || isNews(kept, reading.state)) {
      const { confirmed, heldBelow, heldUntil } = reading.state;
      this.#keepClock.run(Math.round(confirmed), Math.round(heldBelow), Math.round(heldUntil));
      this.#keptAt = at;
    }
    this.#last = reading;
    return reading;
  }

  #newest(): number | null {
    const row = this.#db.prepare('SELECT id FROM prediction ORDER BY id DESC LIMIT 1').get() as { id: Uint8Array };
    return row ? uuidTime(row.id) : null;
  }

  #nthOldest(from: Uint8Array, n: number): Uint8Array | null {
    return (this.#nth.get(from, n) as { id: Uint8Array } | undefined)?.id ?? null;
  }

  #delete(from: Uint8Array, below: Uint8Array): void {
    const { changes } = this.#deleteRows.run(from, below);
    if (changes === 0) return;
    for (const table of ['feedback', 'shadow_answer'])
      this.#db.prepare(`DELETE FROM ${table} WHERE id >= ? AND id < ?`).run(from, below);
    this.#db.prepare('UPDATE row_count SET rows = rows - ?').run(changes);
  }

  #trimSummaries(heldBelow: number, now: number): void {
    for (const remove of this.#deleteSummaries)
      for (const resolution of RESOLUTIONS) {
        const kept =
          resolution === MINUTE_RESOLUTION ? MINUTES_KEPT_MS + HOUR_MS : this.#retention.maxDays * DAY_MS + DAY_MS;
        remove.run(resolution, Math.round(heldBelow), now - kept);
      }
    this.#trimEpochs(heldBelow, now);
  }

  #trimEpochs(heldBelow: number, now: number): void {
    const bounds = [Math.round(heldBelow), now - (this.#retention.maxDays + 1) * DAY_MS] as const;
    // a step follows every transaction, and hardly ever finds one
    if (!this.#oldEpoch.get(...bounds)) return;
    const old = 'SELECT id FROM epoch WHERE updated >= ? AND updated < ?';
    for (const table of ['cell', 'latency_cell'])
      this.#db.prepare(`DELETE FROM ${table} WHERE epoch IN (${old})`).run(...bounds);
    this.#db.prepare(`DELETE FROM epoch WHERE id IN (${old})`).run(...bounds);
    this.#epochsTrimmed();
  }
}
