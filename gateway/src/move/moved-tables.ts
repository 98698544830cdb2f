import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { exact, literalsOf } from '../storage/postgres/stored-values.ts';
import { readRowData } from '../storage/rows/row-batch.ts';
import { uuidText } from '../storage/rows/uuid-v7.ts';
import { copyOf } from '../storage/sqlite/sqlite-cells.ts';

type Row = Record<string, unknown>;

/** A table that both databases have, and how its rows become those of PostgreSQL. */
export type MovedTable = {
  name: string;
  /**
   * PostgreSQL's columns: the type that a value is sent as, and the one that it is cast to, if another. Arrays travel as text, since
   * `unnest` would flatten them.
   */
  columns: Record<string, { sent: string; cast?: string }>;
  /** Numbers rows by itself: moved numbers stay, and the next one follows them. */
  numbered?: boolean;
  /** A row of SQLite as values in the order of `columns`. */
  values(row: Row): unknown[];
};

const int = { sent: 'int' };
const bigint = { sent: 'bigint' };
const text = { sent: 'text' };
const uuid = { sent: 'uuid' };
const double = { sent: 'float8' };
const arrayOf = (type: string) => ({ sent: 'text', cast: `${type}[]` });

/** Those whose columns are the same in both. */
function alike(name: string, columns: MovedTable['columns'], numbered = false): MovedTable {
  const names = Object.keys(columns);
  return {
    ...{ name, columns, numbered },
    values: (row) => names.map((column) => (columns[column] === uuid ? idOf(row[column]) : clean(row[column]))),
  };
}

/** In an order in which what others name comes first. */
export const movedTables: readonly MovedTable[] = [
  {
    name: 'feature_names',
    columns: { id: int, hash: text, names: text },
    numbered: true,
    values: ({ id, names }) => [id, hash('sha256', names as string), names],
  },
  alike(
    'kind',
    {
      ...{ id: int, version: text, assigned: text, release: text, source: text, route: text, label: int, class: text },
      ...{ error: text, names: int },
    },
    true,
  ),
  alike('epoch', { id: int, period: bigint, weights: text, releases: text, started: bigint, updated: bigint }, true),
  {
    name: 'prediction',
    columns: {
      ...{ id: uuid, kind: int, latency: double, features: arrayOf('float8'), texts: arrayOf('text') },
      ...{ flags: arrayOf('boolean'), probability: arrayOf('float8'), user_hash: text, reference: text },
      ...{ epoch: int, bucket: { sent: 'smallint' } },
    },
    values({ id, kind, data, reference, epoch, bucket }) {
      const { latencySeconds, features, probability, userHash } = readRowData(data as Uint8Array);
      const literals = literalsOf(features);
      return [
        ...[idOf(id), kind, latencySeconds, literals.features, literals.texts, literals.flags],
        ...[probability === null ? null : `{${probability.map(exact)}}`, clean(userHash), clean(reference)],
        ...[epoch, bucket],
      ];
    },
  },
  alike('feedback', { id: uuid, actual: text, outcome: double, counted: double, cost: double, time: bigint }),
  alike('shadow_answer', { id: uuid, version: text, class: text }),
  alike('latency_summary', { resolution: int, start: bigint, version: text, bucket: int, n: bigint }),
  alike('confusion_summary', {
    ...{ resolution: int, start: bigint, version: text, predicted: text, actual: text, n: bigint },
  }),
  {
    name: 'cell',
    columns: { epoch: int, version: text, metric: text, against: text, sums: arrayOf('float8') },
    values: ({ epoch, version, metric, against, sums }) => [
      ...[epoch, version, metric, against],
      `{${Array.from(new Float64Array(copyOf(sums as Uint8Array)), exact)}}`,
    ],
  },
  {
    name: 'latency_cell',
    columns: { epoch: int, version: text, slice: int, counts: arrayOf('int') },
    values: ({ epoch, version, slice, counts }) => [
      ...[epoch, version, slice],
      `{${new Uint32Array(copyOf(counts as Uint8Array))}}`,
    ],
  },
  alike('document', { kind: text, name: text, time: bigint, value: text }),
  alike(
    'audit',
    {
      ...{ id: int, time: bigint, revision: int, who: text, action: text, reason: text, from_value: text },
      to_value: text,
    },
    true,
  ),
  alike('control', { id: int, revision: int, state: text }),
];

/** Tables with one row, which PostgreSQL has already. */
export const movedCounters: Record<string, readonly string[]> = {
  row_count: ['rows'],
  record_clock: ['confirmed', 'held_below', 'held_until'],
};

/** What both databases must agree on after the move: a number by its name. What is counted elsewhere is summed, too. */
export const sums: Record<string, { sqlite: string; postgres: string }> = {
  ...Object.fromEntries(
    movedTables.map(({ name }) => [
      name,
      { sqlite: `SELECT count(*) FROM ${name}`, postgres: `SELECT count(*) FROM coppice.${name}` },
    ]),
  ),
  ...Object.fromEntries(
    (
      [
        ['rows of the record', 'row_count', 'sum(rows)'],
        ['latencies counted', 'latency_summary', 'sum(n)'],
        ['feedback counted', 'confusion_summary', 'sum(n)'],
        ['newest feedback', 'feedback', 'max(time)'],
        ['outcomes', 'feedback', 'count(outcome)'],
        ['predictions of an epoch', 'prediction', 'count(epoch)'],
        ['references', 'prediction', 'count(reference)'],
        ['revision', 'control', 'sum(revision)'],
      ] as const
    ).map(([what, table, sum]) => [
      what,
      { sqlite: `SELECT ${sum} FROM ${table}`, postgres: `SELECT ${sum} FROM coppice.${table}` },
    ]),
  ),
};

/** The rows of a table, one after the other, whatever their number. */
export function rowsOf(db: DatabaseSync, { name }: MovedTable): Iterable<Row> {
  return db.prepare(`SELECT * FROM ${name}`).iterate() as Iterable<Row>;
}

const idOf = (value: unknown) => uuidText(value as Uint8Array);

/** PostgreSQL's text has no NUL. */
const clean = (value: unknown) => (typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : value);
