import { DatabaseSync } from 'node:sqlite';

/** Content of a database, read without the gateway. Times are those of the ids, in milliseconds since the epoch. */
export function readRecord(file: string): { ids: Set<string>; integrity: string } {
  const db = new DatabaseSync(file);
  const { integrity_check: integrity } = db.prepare('PRAGMA integrity_check').get() as { integrity_check: string };
  const rows = db.prepare('SELECT id FROM prediction').all() as { id: Uint8Array }[];
  db.close();
  return { ids: new Set(rows.map(({ id }) => toUuid(id))), integrity };
}

/** Milliseconds since the epoch in the first 48 bits of a uuid v7 (RFC 9562, section 5.7). */
export function uuidTime(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

function toUuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
