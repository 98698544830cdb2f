import type { DatabaseSync } from 'node:sqlite';
import type { ForgetStep } from '../port/record-store.ts';
import { readRowData } from '../rows/row-batch.ts';
import { uuidBytes, uuidText } from '../rows/uuid-v7.ts';
import { QUOTING_DOCUMENTS, withoutRows } from '../rows/without-rows.ts';

/** Rows that one step looks at: some 10 ms. */
const STEP_ROWS = 10_000;
/** Rows that one step deletes: some 100 ms. */
const STEP_DELETES = 2_000;
const FIRST = new Uint8Array(16);
const LAST = new Uint8Array(16).fill(0xff);

/** `RecordStore.forget` in SQLite. To be called in a transaction. */
export function forgetInSqlite(db: DatabaseSync, userHash: string, after: string | null): ForgetStep {
  const from = after === null ? FIRST : uuidBytes(after);
  const end = db
    .prepare('SELECT id FROM prediction WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?')
    .get(from, STEP_ROWS - 1);
  const to = end ? (end.id as Uint8Array) : LAST;
  // the hash has no column: SQLite finds the rows that may have it, and their data decides
  const found = db
    .prepare('SELECT id, data FROM prediction WHERE id > ? AND id <= ? AND instr(data, ?) > 0 ORDER BY id LIMIT ?')
    .all(from, to, Buffer.from(userHash), STEP_DELETES) as { id: Uint8Array; data: Uint8Array }[];
  const ids = found.filter(({ data }) => readRowData(data).userHash === userHash).map(({ id }) => id);
  if (ids.length > 0) deleteRows(db, ids);
  if (found.length === STEP_DELETES)
    return { deleted: ids.length, next: uuidText((found.at(-1) as { id: Uint8Array }).id) };
  return { deleted: ids.length, next: end ? uuidText(to) : null };
}

function deleteRows(db: DatabaseSync, ids: readonly Uint8Array[]): void {
  for (const table of ['prediction', 'feedback', 'shadow_answer']) {
    const remove = db.prepare(`DELETE FROM ${table} WHERE id = ?`);
    for (const id of ids) remove.run(id);
  }
  db.prepare('UPDATE row_count SET rows = rows - ?').run(ids.length);
  const gone = new Set(ids.map(uuidText));
  const keep = db.prepare('UPDATE document SET value = ? WHERE kind = ? AND name = ?');
  const documents = db.prepare('SELECT name, value FROM document WHERE kind = ?').all(QUOTING_DOCUMENTS);
  for (const { name, value } of documents as { name: string; value: string }[]) {
    const left = withoutRows(value, gone);
    if (left !== null) keep.run(left, QUOTING_DOCUMENTS, name);
  }
}
