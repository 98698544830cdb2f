import type { Pool, PoolClient } from 'pg';
import type { Retention } from '../port/storage-config.ts';
import { type ClockReading, type ClockState, clockWarning, isNews, readClock } from '../retention/record-clock.ts';
import { uuidBytes, uuidFloor, uuidText, uuidTime } from '../rows/uuid-v7.ts';
import { MINUTES_KEPT_MS, RESOLUTIONS } from '../summaries/cover-period.ts';
import { holdLease } from './postgres-leases.ts';
import { transaction } from './transaction.ts';

/** How long a gateway keeps trimming before another may take over: a gateway without traffic never trims. */
const LEASE_MS = 10_000;
const STEP_ROWS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Deletes a few rows beyond the retention, oldest first; true while there are more. One gateway at a time. */
export function trimPostgres(
  pool: Pool,
  { maxRows, maxDays }: Retention,
  { holder, clock }: { holder: string; clock: Pick<PostgresClock, 'read'> },
): Promise<boolean> {
  return transaction(pool, async (client) => {
    if (!(await holdLease(client, 'trim', holder, LEASE_MS))) return false;
    const { now, heldBelow } = await clock.read(client);
    // one statement finds and deletes them: between two, another gateway could write rows with older ids
    const gone = await client.query<{ id: string }>(
      `DELETE FROM coppice.prediction WHERE id IN (
         SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS nth
                         FROM (SELECT id FROM coppice.prediction WHERE id >= $4 ORDER BY id LIMIT $1) AS oldest) AS numbered
         WHERE nth <= (SELECT rows - $2 FROM coppice.row_count) OR id < $3
       ) RETURNING id`,
      [STEP_ROWS, maxRows, uuidText(uuidFloor(now - maxDays * DAY_MS)), uuidText(uuidFloor(heldBelow))],
    );
    const ids = gone.rows.map(({ id }) => id);
    if (ids.length > 0) {
      for (const table of ['feedback', 'shadow_answer'])
        await client.query(`DELETE FROM coppice.${table} WHERE id = ANY ($1::uuid[])`, [ids]);
      await client.query('UPDATE coppice.row_count SET rows = rows - $1', [ids.length]);
    }
    const [days, hours, minutes] = RESOLUTIONS;
    const kept = now - maxDays * DAY_MS - DAY_MS;
    for (const table of ['latency_summary', 'confusion_summary'])
      await client.query(
        `DELETE FROM coppice.${table} s USING unnest($1::int[], $2::bigint[]) AS old (resolution, below)
         WHERE s.resolution = old.resolution AND s.start < old.below AND s.start >= $3`,
        [[days, hours, minutes], [kept, kept, now - MINUTES_KEPT_MS - HOUR_MS].map(Math.round), Math.round(heldBelow)],
      );
    await trimEpochs(client, kept, heldBelow);
    return ids.length === STEP_ROWS;
  });
}

async function trimEpochs(client: PoolClient, below: number, heldBelow: number): Promise<void> {
  const old = 'SELECT id FROM coppice.epoch WHERE updated >= $1 AND updated < $2';
  const bounds = [Math.round(heldBelow), Math.round(below)];
  for (const table of ['cell', 'latency_cell'])
    await client.query(`DELETE FROM coppice.${table} WHERE epoch IN (${old})`, bounds);
  await client.query(`DELETE FROM coppice.epoch WHERE id IN (${old})`, bounds);
}

/** The gateway's clock as the record confirms it. */
export class PostgresClock {
  readonly #maxDays: number;
  readonly #now: () => number;
  readonly #monotonic: () => number;
  #keptAt: number;
  #last: ClockReading | null = null;

  constructor(maxDays: number, now: () => number, monotonic: () => number) {
    this.#maxDays = maxDays;
    this.#now = now;
    this.#monotonic = monotonic;
    this.#keptAt = monotonic();
  }

  /** To be called in a transaction. */
  async read(client: PoolClient): Promise<ClockReading> {
    const found = await client.query<ClockState>(
      'SELECT confirmed, held_below AS "heldBelow", held_until AS "heldUntil" FROM coppice.record_clock FOR UPDATE',
    );
    const kept = found.rows[0] as ClockState;
    const before = { ...kept, confirmed: kept.confirmed ?? (await newest(client)) };
    const at = this.#monotonic();
    const reading = readClock(before, this.#now(), at - this.#keptAt, this.#maxDays);
    if (kept.confirmed === null || isNews(kept, reading.state)) {
      const { confirmed, heldBelow, heldUntil } = reading.state;
      await client.query('UPDATE coppice.record_clock SET confirmed = $1, held_below = $2, held_until = $3', [
        ...[confirmed, heldBelow, heldUntil].map(Math.round),
      ]);
      this.#keptAt = at;
    }
    this.#last = reading;
    return reading;
  }

  /** What a person should know about it, or null. */
  async warning(pool: Pool): Promise<string | null> {
    return clockWarning(this.#last ?? (await transaction(pool, (client) => this.read(client))));
  }
}

async function newest(client: PoolClient): Promise<number | null> {
  const { rows } = await client.query<{ id: string }>('SELECT id FROM coppice.prediction ORDER BY id DESC LIMIT 1');
  return rows[0] ? uuidTime(uuidBytes(rows[0].id)) : null;
}
