import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import pg, { type Client } from 'pg';
import { IntentFile } from '../storage/intent-file.ts';
import { NewerSchemaError } from '../storage/port/errors.ts';
import { migratePostgres } from '../storage/postgres/postgres-migrations.ts';
import { connectForWriting } from '../storage/sqlite/connect.ts';
import { lockFolder } from '../storage/sqlite/lock-folder.ts';
import { type MovedTable, movedCounters, movedTables, rowsOf, sums } from './moved-tables.ts';

/** Why the record is not moved, in one line for people; nothing is moved then. */
export class MoveRefusedError extends Error {}

/** Rows of each table, by its name. */
export type Moved = Record<string, number>;

type Options = {
  /** The SQLite file. */
  from: string;
  /** A `postgres://` address. */
  to: string;
  /** Called now and then with how far a table is. */
  progress?: (table: string, rows: number, of: number) => void;
};

const ROWS_AT_ONCE = 5_000;

/**
 * Copies a record in SQLite, with all that belongs to it, into an empty PostgreSQL database, in one transaction, and compares
 * counts and sums before that ends. No row of the SQLite file changes, but one of an older Coppice gets today's tables first, as by a
 * start of the gateway; what fails leaves at most empty tables in PostgreSQL. Rejects with `MoveRefusedError`, and with
 * `DatabaseInUseError` while a gateway has the file.
 */
export async function moveRecord({ from, to, progress = () => {} }: Options): Promise<Moved> {
  if (!existsSync(from)) throw new MoveRefusedError(`${from} does not exist: --from is the folder that DATA_DIR names`);
  const lock = lockFolder(from);
  try {
    const db = await orRefused(from, () => connectForWriting(from));
    try {
      return await intoPostgres(db, new IntentFile(from), to, progress);
    } finally {
      db.close();
    }
  } finally {
    lock.release();
  }
}

async function intoPostgres(
  db: DatabaseSync,
  intent: IntentFile,
  url: string,
  progress: NonNullable<Options['progress']>,
): Promise<Moved> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    application_name: 'coppice-move',
  });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (cause) {
    await client.end().catch(() => {});
    throw new MoveRefusedError(`the database cannot be reached: ${(cause as Error).message}`, { cause });
  }
  try {
    // before its tables become today's, which a gateway of an older Coppice does not know
    await refuseUsed(client);
    await orRefused('the database', () => migratePostgres(client));
    await client.query('BEGIN');
    await refuseUsed(client);
    const moved: Moved = {};
    for (const table of movedTables) moved[table.name] = await moveTable(db, client, table, progress);
    await moveCounters(db, client);
    await keepIntent(client, intent);
    await compare(db, client);
    await client.query('COMMIT');
    await client.query('ANALYZE');
    return moved;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}

/** A newer Coppice's database is refused in the words of this move. */
async function orRefused<T>(what: string, open: () => T | Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (cause) {
    if (!(cause instanceof NewerSchemaError)) throw cause;
    throw new MoveRefusedError(`${what}: ${cause.message}`, { cause });
  }
}

/** Two records cannot become one: their numbers would collide. */
async function refuseUsed(client: Client): Promise<void> {
  const gateways = await numberOf(
    client,
    `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'coppice'`,
  );
  if (gateways > 0) throw new MoveRefusedError('a gateway uses the database: stop it, move, and start it again');
  for (const { name } of movedTables) {
    const { rows: found } = await client.query('SELECT to_regclass($1) AS known', [`coppice.${name}`]);
    if (found[0]?.known === null) continue;
    const rows = await numberOf(client, `SELECT count(*) FROM (SELECT 1 FROM coppice.${name} LIMIT 1) AS one`);
    if (rows > 0)
      throw new MoveRefusedError(
        `the database has a record already (rows in ${name}): move into an empty one, or DROP SCHEMA coppice CASCADE`,
      );
  }
}

async function moveTable(
  db: DatabaseSync,
  client: Client,
  table: MovedTable,
  progress: NonNullable<Options['progress']>,
): Promise<number> {
  const { name, columns, numbered, values } = table;
  const names = Object.keys(columns);
  const sql = `INSERT INTO coppice.${name} (${names}) ${numbered ? 'OVERRIDING SYSTEM VALUE' : ''}
    SELECT ${names.map((column) => (columns[column]?.cast ? `${column}::${columns[column].cast}` : column))}
    FROM unnest(${names.map((column, i) => `$${i + 1}::${columns[column]?.sent}[]`)}) AS t (${names})`;
  const of = (db.prepare(`SELECT count(*) AS n FROM ${name}`).get() as { n: number }).n;
  let rows = 0;
  let lists: unknown[][] = names.map(() => []);
  const send = async () => {
    const [first] = lists;
    if (!first?.length) return;
    rows += first.length;
    await client.query(sql, lists);
    lists = names.map(() => []);
    progress(name, rows, of);
  };
  for (const row of rowsOf(db, table)) {
    for (const [i, value] of values(row).entries()) lists[i]?.push(value);
    if (lists[0]?.length === ROWS_AT_ONCE) await send();
  }
  await send();
  if (numbered && rows > 0)
    await client.query(
      `SELECT setval(pg_get_serial_sequence('coppice.${name}', 'id'), (SELECT max(id) FROM coppice.${name}))`,
    );
  return rows;
}

async function moveCounters(db: DatabaseSync, client: Client): Promise<void> {
  for (const [table, columns] of Object.entries(movedCounters)) {
    const row = db.prepare(`SELECT * FROM ${table}`).get() as Record<string, unknown>;
    await client.query(
      `UPDATE coppice.${table} SET ${columns.map((column, i) => `${column} = $${i + 1}`)}`,
      columns.map((column) => row[column]),
    );
  }
}

/** Weights set while the database could not be written are in the file beside it only. */
async function keepIntent(client: Client, intent: IntentFile): Promise<void> {
  const state = await intent.read();
  if (!state) return;
  await client.query(
    `INSERT INTO coppice.control AS c (id, revision, state) VALUES (1, $1, $2)
     ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, state = excluded.state WHERE c.revision < excluded.revision`,
    [state.revision, JSON.stringify(state)],
  );
}

async function compare(db: DatabaseSync, client: Client): Promise<void> {
  for (const [what, { sqlite, postgres }] of Object.entries(sums)) {
    const was = Number(Object.values(db.prepare(sqlite).get() as Record<string, unknown>)[0] ?? 0);
    const is = await numberOf(client, postgres);
    // a state that only the intent file had is newer
    const holds = what === 'revision' || what === 'control' ? is >= was : is === was;
    if (!holds) throw new MoveRefusedError(`${what}: ${was} in SQLite, ${is} in PostgreSQL: nothing was moved`);
  }
}

async function numberOf(client: Client, sql: string): Promise<number> {
  const { rows } = await client.query({ text: sql, rowMode: 'array' });
  return Number(rows[0]?.[0] ?? 0);
}
