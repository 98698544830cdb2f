import type { Pool, PoolClient } from 'pg';
import { MINUTES_KEPT_MS, RESOLUTIONS } from '../cover-period.ts';
import type { Retention } from '../record-config.ts';
import { uuidFloor, uuidText } from '../uuid-v7.ts';
import { ADVISORY_LOCK } from './postgres-migrations.ts';
import { transaction } from './transaction.ts';

const STEP_ROWS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Deletes one small step of what is beyond the retention, oldest first; true while there is more. One gateway at a time. */
export function trimPostgres(pool: Pool, { maxRows, maxDays }: Retention, now: number): Promise<boolean> {
  return transaction(pool, async (client) => {
    const lock = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS taken', [
      ADVISORY_LOCK,
    ]);
    if (!lock.rows[0]?.taken) return false;
    const { rows } = await client.query<{ rows: number }>('SELECT rows FROM coppice.row_count');
    const excess = Math.max(0, (rows[0]?.rows ?? 0) - maxRows);
    const tooOld = uuidText(uuidFloor(now - maxDays * DAY_MS));
    const tooMany = (await nthOldest(client, Math.min(excess, STEP_ROWS + 1))) ?? tooOld;
    // a uuid's text sorts as its bytes do
    const wanted = [tooMany, tooOld].sort().at(-1) as string;
    const stepEnd = await nthOldest(client, STEP_ROWS);
    const more = stepEnd !== null && stepEnd < wanted;
    await deleteBelow(client, more ? stepEnd : wanted);
    await trimSummaries(client, now, maxDays);
    return more;
  });
}

async function nthOldest(client: PoolClient, n: number): Promise<string | null> {
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM coppice.prediction ORDER BY id LIMIT 1 OFFSET $1',
    [n],
  );
  return rows[0]?.id ?? null;
}

async function deleteBelow(client: PoolClient, id: string): Promise<void> {
  const { rowCount } = await client.query('DELETE FROM coppice.prediction WHERE id < $1', [id]);
  if (!rowCount) return;
  await client.query('DELETE FROM coppice.feedback WHERE id < $1', [id]);
  await client.query('UPDATE coppice.row_count SET rows = rows - $1', [rowCount]);
}

async function trimSummaries(client: PoolClient, now: number, maxDays: number): Promise<void> {
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
}
