import type { Pool } from 'pg';
import type { Retention } from '../port/storage-config.ts';
import { uuidFloor, uuidText } from '../rows/uuid-v7.ts';
import { MINUTES_KEPT_MS, RESOLUTIONS } from '../summaries/cover-period.ts';
import { holdLease } from './postgres-leases.ts';
import { transaction } from './transaction.ts';

/** How long a gateway keeps trimming before another may take over: a gateway without traffic never trims. */
const LEASE_MS = 10_000;
const STEP_ROWS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Deletes one small step of what is beyond the retention, oldest first; true while there is more. One gateway at a time. */
export function trimPostgres(
  pool: Pool,
  { maxRows, maxDays }: Retention,
  { holder, now }: { holder: string; now: number },
): Promise<boolean> {
  return transaction(pool, async (client) => {
    if (!(await holdLease(client, 'trim', holder, LEASE_MS))) return false;
    // found and deleted by one statement: between two, another gateway may write rows with older ids
    const gone = await client.query<{ id: string }>(
      `DELETE FROM coppice.prediction WHERE id IN (
         SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS nth
                         FROM (SELECT id FROM coppice.prediction ORDER BY id LIMIT $1) AS oldest) AS numbered
         WHERE nth <= (SELECT rows - $2 FROM coppice.row_count) OR id < $3
       ) RETURNING id`,
      [STEP_ROWS, maxRows, uuidText(uuidFloor(now - maxDays * DAY_MS))],
    );
    const ids = gone.rows.map(({ id }) => id);
    if (ids.length > 0) {
      await client.query('DELETE FROM coppice.feedback WHERE id = ANY ($1::uuid[])', [ids]);
      await client.query('UPDATE coppice.row_count SET rows = rows - $1', [ids.length]);
    }
    const [days, hours, minutes] = RESOLUTIONS;
    const kept = now - maxDays * DAY_MS - DAY_MS;
    for (const table of ['latency_summary', 'confusion_summary'])
      await client.query(
        `DELETE FROM coppice.${table} s USING unnest($1::int[], $2::bigint[]) AS old (resolution, below)
         WHERE s.resolution = old.resolution AND s.start < old.below`,
        [
          [days, hours, minutes],
          [kept, kept, now - MINUTES_KEPT_MS - HOUR_MS],
        ],
      );
    return ids.length === STEP_ROWS;
  });
}
