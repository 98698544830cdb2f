import type { DatabaseSync } from 'node:sqlite';
import { NewerSchemaError } from '../port/errors.ts';
import { sqliteHistoryView } from './sqlite-history-view.ts';
import { transaction } from './transaction.ts';

/** Applied in order, each once; a released one is never edited. */
export const sqliteMigrations: readonly string[] = [
  // 1: the record, its summaries, feedback, control state and audit
  `
  CREATE TABLE kind (
    id INTEGER PRIMARY KEY,
    version TEXT NOT NULL,
    route TEXT NOT NULL,
    label INTEGER NOT NULL,
    class TEXT,
    error TEXT
  ) STRICT;
  CREATE UNIQUE INDEX kind_unique ON kind (version, route, label, ifnull(class, ''), ifnull(error, ''));

  -- clustered by time, because the id is a uuid v7; data: see row-batch.ts
  CREATE TABLE prediction (
    id BLOB PRIMARY KEY,
    kind INTEGER NOT NULL,
    data BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX prediction_kind ON prediction (kind, id);

  CREATE TABLE feedback (
    id BLOB PRIMARY KEY,
    actual TEXT NOT NULL,
    time INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- resolution and start in milliseconds; bucket -1: failed
  CREATE TABLE latency_summary (
    resolution INTEGER NOT NULL,
    start INTEGER NOT NULL,
    version TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (resolution, start, version, bucket)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE confusion_summary (
    resolution INTEGER NOT NULL,
    start INTEGER NOT NULL,
    version TEXT NOT NULL,
    predicted TEXT NOT NULL,
    actual TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (resolution, start, version, predicted, actual)
  ) STRICT, WITHOUT ROWID;

  -- counting 5,000,000 rows takes a tenth of a second, so their number is kept
  CREATE TABLE row_count (rows INTEGER NOT NULL) STRICT;
  INSERT INTO row_count VALUES (0);

  CREATE TABLE control (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    revision INTEGER NOT NULL,
    state TEXT NOT NULL
  ) STRICT;

  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    reason TEXT NOT NULL,
    from_value TEXT NOT NULL,
    to_value TEXT NOT NULL
  ) STRICT;
  `,
  // 2: what an answer came from, and the client's own key, null in older rows; the view of it all
  `
  ALTER TABLE kind ADD COLUMN assigned TEXT;
  ALTER TABLE kind ADD COLUMN release TEXT;
  ALTER TABLE kind ADD COLUMN source TEXT;
  DROP INDEX kind_unique;
  CREATE UNIQUE INDEX kind_unique ON kind (version, ifnull(assigned, ''), ifnull(release, ''), ifnull(source, ''),
    route, label, ifnull(class, ''), ifnull(error, ''));
  ALTER TABLE prediction ADD COLUMN reference TEXT;
  CREATE INDEX prediction_reference ON prediction (reference) WHERE reference IS NOT NULL;
  -- one row; see record-clock.ts. An older record confirms the time of its newest row
  CREATE TABLE record_clock (confirmed INTEGER, held_below INTEGER NOT NULL, held_until INTEGER NOT NULL) STRICT;
  INSERT INTO record_clock VALUES (NULL, 0, 0);
  ${sqliteHistoryView}`,
  // 3: what comparisons count, see cell-deltas.ts; outcomes beside classes in feedback; answers of the shadow version
  `
  DROP VIEW history;
  CREATE TABLE epoch (
    id INTEGER PRIMARY KEY,
    period INTEGER NOT NULL,
    weights TEXT NOT NULL,
    releases TEXT NOT NULL,
    started INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    UNIQUE (period, weights, releases)
  ) STRICT;
  -- sums: three times 64 doubles
  CREATE TABLE cell (
    epoch INTEGER NOT NULL,
    version TEXT NOT NULL,
    metric TEXT NOT NULL,
    against TEXT NOT NULL,
    sums BLOB NOT NULL,
    PRIMARY KEY (epoch, version, metric, against)
  ) STRICT;
  -- counts: a 32-bit number for each latency bucket
  CREATE TABLE latency_cell (
    epoch INTEGER NOT NULL,
    version TEXT NOT NULL,
    slice INTEGER NOT NULL,
    counts BLOB NOT NULL,
    PRIMARY KEY (epoch, version, slice)
  ) STRICT;
  CREATE TABLE document (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    time INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (kind, name)
  ) STRICT;
  -- null in older rows, which count in no comparison
  ALTER TABLE prediction ADD COLUMN epoch INTEGER;
  ALTER TABLE prediction ADD COLUMN bucket INTEGER;
  -- what the shadow version answered to the same row
  CREATE TABLE shadow_answer (
    id BLOB PRIMARY KEY,
    version TEXT NOT NULL,
    class TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- outcome as it was sent; counted and cost as they are in the cells
  CREATE TABLE feedback_with_outcome (
    id BLOB PRIMARY KEY,
    actual TEXT,
    outcome REAL,
    counted REAL,
    cost REAL,
    time INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO feedback_with_outcome (id, actual, time) SELECT id, actual, time FROM feedback;
  DROP TABLE feedback;
  ALTER TABLE feedback_with_outcome RENAME TO feedback;
  ${sqliteHistoryView}`,
  // 4: names of the features, null in older rows
  `
  DROP VIEW history;
  -- names: a JSON array, in the order of the values of a row
  CREATE TABLE feature_names (id INTEGER PRIMARY KEY, names TEXT NOT NULL UNIQUE) STRICT;
  ALTER TABLE kind ADD COLUMN names INTEGER;
  DROP INDEX kind_unique;
  CREATE UNIQUE INDEX kind_unique ON kind (version, ifnull(assigned, ''), ifnull(release, ''), ifnull(source, ''),
    route, label, ifnull(class, ''), ifnull(error, ''), ifnull(names, 0));
  ${sqliteHistoryView}`,
];

/** Gives a database the view of this gateway: as nothing is kept in one, it needs no version of the schema. */
export function renewHistoryView(db: DatabaseSync): void {
  const now = db.prepare("SELECT sql FROM sqlite_schema WHERE type = 'view' AND name = 'history'").get()?.sql;
  if (now === sqliteHistoryView.trim().replace(/;$/, '')) return;
  transaction(db, () => db.exec(`DROP VIEW IF EXISTS history; ${sqliteHistoryView}`));
}

/** Migrates a database to the newest schema. Throws `NewerSchemaError`, changing nothing, if its schema is newer. */
export function migrateSqlite(db: DatabaseSync, migrations: readonly string[] = sqliteMigrations): void {
  if (schemaVersion(db) === migrations.length) return;
  transaction(db, () => {
    const found = schemaVersion(db);
    if (found > migrations.length) throw NewerSchemaError.of(found, migrations.length);
    for (const migration of migrations.slice(found)) db.exec(migration);
    db.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

function schemaVersion(db: DatabaseSync): number {
  return (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
}
