import type { ClientBase } from 'pg';
import { NewerSchemaError } from '../port/errors.ts';

/** Applied in order, each once; a released one is never edited. */
export const postgresMigrations: readonly string[] = [
  // 1: the record, its summaries, feedback, control state and audit
  `
  CREATE TABLE coppice.kind (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version text NOT NULL,
    route text NOT NULL,
    label integer NOT NULL,
    class text,
    error text
  );
  CREATE UNIQUE INDEX kind_unique ON coppice.kind (version, route, label, coalesce(class, ''), coalesce(error, ''));

  -- uuid v7: ids sort by time; latency in seconds
  CREATE TABLE coppice.prediction (
    id uuid PRIMARY KEY,
    kind integer NOT NULL,
    latency double precision NOT NULL,
    features double precision[] NOT NULL,
    probability double precision[],
    user_hash text
  );
  CREATE INDEX prediction_kind ON coppice.prediction (kind, id);

  CREATE TABLE coppice.feedback (
    id uuid PRIMARY KEY,
    actual text NOT NULL,
    time bigint NOT NULL
  );

  -- resolution and start in milliseconds; bucket -1: failed
  CREATE TABLE coppice.latency_summary (
    resolution integer NOT NULL,
    start bigint NOT NULL,
    version text NOT NULL,
    bucket integer NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (resolution, start, version, bucket)
  );

  CREATE TABLE coppice.confusion_summary (
    resolution integer NOT NULL,
    start bigint NOT NULL,
    version text NOT NULL,
    predicted text NOT NULL,
    actual text NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (resolution, start, version, predicted, actual)
  );

  -- counting 5,000,000 rows takes a good part of a second, so their number is kept
  CREATE TABLE coppice.row_count (rows bigint NOT NULL);
  INSERT INTO coppice.row_count VALUES (0);

  CREATE TABLE coppice.control (
    id integer PRIMARY KEY CHECK (id = 1),
    revision integer NOT NULL,
    state text NOT NULL
  );

  CREATE TABLE coppice.audit (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    time bigint NOT NULL,
    revision integer NOT NULL,
    who text NOT NULL,
    action text NOT NULL,
    reason text NOT NULL,
    from_value text NOT NULL,
    to_value text NOT NULL
  );
  `,
  // 2: which gateway runs a periodic job, and until when
  `
  CREATE TABLE coppice.lease (
    job text PRIMARY KEY,
    holder text NOT NULL,
    expires timestamptz NOT NULL
  );
  `,
  // 3: what an answer came from, the client's own key, and features that are texts, null in older rows; the view of it all
  `
  ALTER TABLE coppice.kind ADD COLUMN assigned text, ADD COLUMN release text, ADD COLUMN source text;
  DROP INDEX coppice.kind_unique;
  CREATE UNIQUE INDEX kind_unique ON coppice.kind (version, coalesce(assigned, ''), coalesce(release, ''),
    coalesce(source, ''), route, label, coalesce(class, ''), coalesce(error, ''));
  -- texts: where features holds NULL, the text there, or NULL if the value is missing; NULL when all are numbers
  ALTER TABLE coppice.prediction ADD COLUMN reference text, ADD COLUMN texts text[];
  CREATE INDEX prediction_reference ON coppice.prediction (reference) WHERE reference IS NOT NULL;
  -- one row; see record-clock.ts. An older record confirms the time of its newest row
  CREATE TABLE coppice.record_clock (confirmed bigint, held_below bigint NOT NULL, held_until bigint NOT NULL);
  INSERT INTO coppice.record_clock VALUES (NULL, 0, 0);
  -- the record as a person reads it; the same columns as in SQLite
  CREATE VIEW coppice.history AS
  SELECT p.id::text AS prediction_id,
    to_char(to_timestamp(('x' || left(replace(p.id::text, '-', ''), 12))::bit(48)::bigint / 1000.0) AT TIME ZONE 'UTC',
      'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS time,
    k.version AS model_version, k.assigned, k.release, k.route, k.source, p.reference, p.user_hash,
    CASE WHEN p.texts IS NULL THEN to_json(p.features) ELSE (
      SELECT json_agg(coalesce(to_json(v), to_json(t)) ORDER BY i)
      FROM unnest(p.features, p.texts) WITH ORDINALITY AS u (v, t, i)) END AS features,
    CASE WHEN k.label >= 0 THEN k.label END AS prediction, k.class, to_json(p.probability) AS probability,
    round((p.latency * 1000)::numeric, 6)::float8 AS latency_ms, k.error, f.actual
  FROM coppice.prediction p JOIN coppice.kind k ON k.id = p.kind LEFT JOIN coppice.feedback f ON f.id = p.id;
  `,
  // 4: what comparisons count, see cell-deltas.ts; outcomes beside classes in feedback; answers of the shadow version
  `
  CREATE TABLE coppice.epoch (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    period bigint NOT NULL,
    weights text NOT NULL,
    releases text NOT NULL,
    started bigint NOT NULL,
    updated bigint NOT NULL,
    UNIQUE (period, weights, releases)
  );
  -- sums: three times 64 numbers
  CREATE TABLE coppice.cell (
    epoch integer NOT NULL,
    version text NOT NULL,
    metric text NOT NULL,
    against text NOT NULL,
    sums float8[] NOT NULL,
    PRIMARY KEY (epoch, version, metric, against)
  );
  -- counts: a number for each latency bucket
  CREATE TABLE coppice.latency_cell (
    epoch integer NOT NULL,
    version text NOT NULL,
    slice integer NOT NULL,
    counts integer[] NOT NULL,
    PRIMARY KEY (epoch, version, slice)
  );
  CREATE FUNCTION coppice.added(a float8[], b float8[]) RETURNS float8[] LANGUAGE sql IMMUTABLE
    AS 'SELECT array_agg(x + y ORDER BY i) FROM unnest(a, b) WITH ORDINALITY AS t (x, y, i)';
  CREATE FUNCTION coppice.added(a integer[], b integer[]) RETURNS integer[] LANGUAGE sql IMMUTABLE
    AS 'SELECT array_agg(x + y ORDER BY i) FROM unnest(a, b) WITH ORDINALITY AS t (x, y, i)';
  CREATE TABLE coppice.document (
    id integer GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    name text NOT NULL,
    time bigint NOT NULL,
    value text NOT NULL,
    PRIMARY KEY (kind, name)
  );
  -- null in older rows, which count in no comparison
  ALTER TABLE coppice.prediction ADD COLUMN epoch integer, ADD COLUMN bucket smallint;
  -- the newest row of a reference, without reading them all
  DROP INDEX coppice.prediction_reference;
  CREATE INDEX prediction_reference ON coppice.prediction (reference, id) WHERE reference IS NOT NULL;
  -- what the shadow version answered to the same row
  CREATE TABLE coppice.shadow_answer (
    id uuid PRIMARY KEY,
    version text NOT NULL,
    class text NOT NULL
  );
  -- outcome as it was sent; counted and cost as they are in the cells
  ALTER TABLE coppice.feedback ALTER COLUMN actual DROP NOT NULL,
    ADD COLUMN outcome float8, ADD COLUMN counted float8, ADD COLUMN cost float8;
  CREATE OR REPLACE VIEW coppice.history AS
  SELECT p.id::text AS prediction_id,
    to_char(to_timestamp(('x' || left(replace(p.id::text, '-', ''), 12))::bit(48)::bigint / 1000.0) AT TIME ZONE 'UTC',
      'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS time,
    k.version AS model_version, k.assigned, k.release, k.route, k.source, p.reference, p.user_hash,
    CASE WHEN p.texts IS NULL THEN to_json(p.features) ELSE (
      SELECT json_agg(coalesce(to_json(v), to_json(t)) ORDER BY i)
      FROM unnest(p.features, p.texts) WITH ORDINALITY AS u (v, t, i)) END AS features,
    CASE WHEN k.label >= 0 THEN k.label END AS prediction, k.class, to_json(p.probability) AS probability,
    round((p.latency * 1000)::numeric, 6)::float8 AS latency_ms, k.error, f.actual, f.outcome
  FROM coppice.prediction p JOIN coppice.kind k ON k.id = p.kind LEFT JOIN coppice.feedback f ON f.id = p.id;
  `,
  // 5: names of the features, null in older rows; features that are booleans
  `
  -- names: a JSON array, in the order of the values of a row; hash: its SHA-256, since an index takes no long text
  CREATE TABLE coppice.feature_names (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash text NOT NULL UNIQUE,
    names text NOT NULL
  );
  ALTER TABLE coppice.kind ADD COLUMN names integer;
  DROP INDEX coppice.kind_unique;
  CREATE UNIQUE INDEX kind_unique ON coppice.kind (version, coalesce(assigned, ''), coalesce(release, ''),
    coalesce(source, ''), route, label, coalesce(class, ''), coalesce(error, ''), coalesce(names, 0));
  -- flags: where features and texts hold NULL, the boolean there; NULL when there is none
  ALTER TABLE coppice.prediction ADD COLUMN flags boolean[];
  CREATE OR REPLACE VIEW coppice.history AS
  SELECT p.id::text AS prediction_id,
    to_char(to_timestamp(('x' || left(replace(p.id::text, '-', ''), 12))::bit(48)::bigint / 1000.0) AT TIME ZONE 'UTC',
      'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS time,
    k.version AS model_version, k.assigned, k.release, k.route, k.source, p.reference, p.user_hash,
    CASE WHEN p.texts IS NULL AND p.flags IS NULL THEN to_json(p.features) ELSE (
      SELECT json_agg(coalesce(to_json(v), to_json(t), to_json(b)) ORDER BY i)
      FROM unnest(p.features, p.texts, p.flags) WITH ORDINALITY AS u (v, t, b, i)) END AS features,
    CASE WHEN k.label >= 0 THEN k.label END AS prediction, k.class, to_json(p.probability) AS probability,
    round((p.latency * 1000)::numeric, 6)::float8 AS latency_ms, k.error, f.actual, f.outcome,
    n.names::json AS feature_names
  FROM coppice.prediction p JOIN coppice.kind k ON k.id = p.kind
    LEFT JOIN coppice.feature_names n ON n.id = k.names LEFT JOIN coppice.feedback f ON f.id = p.id;
  `,
];

/** The number that all gateways on a database lock while they migrate it. */
const ADVISORY_LOCK = 0x0c0991ce;

/** Migrates a database to the newest schema. Throws `NewerSchemaError`, changing nothing, if its schema is newer. */
export async function migratePostgres(
  client: ClientBase,
  migrations: readonly string[] = postgresMigrations,
): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCK]);
    await client.query(`
      CREATE SCHEMA IF NOT EXISTS coppice;
      CREATE TABLE IF NOT EXISTS coppice.schema_version (version integer NOT NULL)`);
    const { rows } = await client.query<{ version: number }>('SELECT version FROM coppice.schema_version');
    const found = rows[0]?.version ?? 0;
    if (found > migrations.length) throw NewerSchemaError.of(found, migrations.length);
    if (found === 0) await client.query('INSERT INTO coppice.schema_version VALUES (0)');
    for (const migration of migrations.slice(found)) await client.query(migration);
    await client.query('UPDATE coppice.schema_version SET version = $1', [migrations.length]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}
