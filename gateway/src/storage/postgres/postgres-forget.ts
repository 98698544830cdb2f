import type { PoolClient } from 'pg';
import type { ForgetStep } from '../port/record-store.ts';
import { QUOTING_DOCUMENTS, withoutRows } from '../rows/without-rows.ts';
import { PAIRS_LOCK } from './postgres-feedback.ts';

/** Rows that one step looks at: some 20 ms. */
const STEP_ROWS = 10_000;
/** Rows that one step deletes. */
const STEP_DELETES = 2_000;
const FIRST = '00000000-0000-0000-0000-000000000000';
const LAST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** `RecordStore.forget` in PostgreSQL, in a transaction. */
export async function forgetInPostgres(
  client: PoolClient,
  userHash: string,
  after: string | null,
): Promise<ForgetStep> {
  const from = after ?? FIRST;
  // else an answer of the shadow version could come in between, and stay without its row
  await client.query('SELECT pg_advisory_xact_lock_shared($1)', [PAIRS_LOCK]);
  const end = await client.query<{ id: string }>(
    'SELECT id FROM coppice.prediction WHERE id > $1 ORDER BY id LIMIT 1 OFFSET $2',
    [from, STEP_ROWS - 1],
  );
  const to = end.rows[0]?.id;
  // locked in one order everywhere, as feedback locks them
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM coppice.prediction WHERE id > $1 AND id <= $2 AND user_hash = $3 ORDER BY id LIMIT $4 FOR UPDATE',
    [from, to ?? LAST, userHash, STEP_DELETES],
  );
  const ids = rows.map(({ id }) => id);
  if (ids.length > 0) await deleteRows(client, ids);
  const next = ids.length === STEP_DELETES ? ids.at(-1) : to;
  return { deleted: ids.length, next: next ?? null };
}

async function deleteRows(client: PoolClient, ids: readonly string[]): Promise<void> {
  for (const table of ['prediction', 'feedback', 'shadow_answer'])
    await client.query(`DELETE FROM coppice.${table} WHERE id = ANY ($1::uuid[])`, [ids]);
  const gone = new Set(ids);
  const documents = await client.query<{ name: string; value: string }>(
    'SELECT name, value FROM coppice.document WHERE kind = $1 ORDER BY name FOR UPDATE',
    [QUOTING_DOCUMENTS],
  );
  for (const { name, value } of documents.rows) {
    const left = withoutRows(value, gone);
    if (left !== null)
      await client.query('UPDATE coppice.document SET value = $1 WHERE kind = $2 AND name = $3', [
        ...[left, QUOTING_DOCUMENTS, name],
      ]);
  }
  // last, since all writes of rows wait for this row
  await client.query('UPDATE coppice.row_count SET rows = rows - $1', [ids.length]);
}
