import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { HistoryPage, HistoryRow, HistoryTotal } from '@coppice/contract';
import type {
  ExportFormat,
  ExportPage,
  HistoryFilter,
  HistoryQuery,
  HistoryStore,
  RecentRow,
  ReleaseStart,
} from '../port/record-store.ts';
import { exportLine } from '../rows/export-lines.ts';
import { type Bounds, boundsOf, MAX_TIME } from '../rows/history-bounds.ts';
import { isEveryRow, MOST_COUNTED, walkedBy } from '../rows/history-search.ts';
import {
  matchingKinds,
  namesOf,
  type PredictionKind,
  readKinds,
  releaseStarts,
  type StoredKind,
} from '../rows/prediction-kind.ts';
import { readRowData } from '../rows/row-batch.ts';
import { type StoredBeside, toHistoryRow } from '../rows/to-history-row.ts';
import { encodeCursor, uuidBytes, uuidFloor, uuidTime } from '../rows/uuid-v7.ts';
import { coverPeriod } from '../summaries/cover-period.ts';
import { type ConfusionCount, type LatencyCount, performanceReport } from '../summaries/performance-report.ts';
import { type StepFeedback, type StepLatency, timelineOf } from '../summaries/timeline.ts';
import { addSearchFunctions, type SqliteSearch, sqliteSearch } from './sqlite-search.ts';

type Row = { id: Uint8Array; kind: number; data: Uint8Array } & StoredBeside;

const COLUMNS = 'p.id, p.kind, p.data, p.reference, f.actual, f.outcome';
const ROW = `SELECT ${COLUMNS} FROM prediction p LEFT JOIN feedback f ON f.id = p.id`;

/** Reads the record from SQLite; each call sees one moment and holds no lock after it. */
export class SqliteReader implements HistoryStore {
  readonly #db: DatabaseSync;
  readonly #now: () => number;

  constructor(db: DatabaseSync, now: () => number) {
    addSearchFunctions(db);
    this.#db = db;
    this.#now = now;
  }

  history(query: HistoryQuery): HistoryPage {
    const { rows, nextCursor, searchedTo } = this.#page(query);
    return {
      ...{ predictions: rows, next_cursor: nextCursor },
      ...(searchedTo === null ? {} : { searched_to: new Date(searchedTo).toISOString() }),
      ...(query.count ? { total: this.#total(query) } : {}),
    };
  }

  find(id: string): HistoryRow | null {
    const row = this.#all<Row>(`${ROW} WHERE p.id = ?`, uuidBytes(id))[0];
    return row ? this.#toHistoryRow(row, this.#kinds()) : null;
  }

  exportPage(query: HistoryQuery, format: ExportFormat): ExportPage {
    const page = this.#page(query);
    const lines = page.rows.map((row) => exportLine(row, format)).join('');
    return { lines, rows: page.rows.length, nextCursor: page.nextCursor };
  }

  featureNames(filter: HistoryFilter): string[][] {
    const kinds = this.#kinds();
    const { from, below } = boundsOf(filter);
    const any = this.#db.prepare('SELECT 1 FROM prediction WHERE kind = ? AND id >= ? AND id < ? LIMIT 1');
    const wanted = matchingKinds(kinds.values(), filter) ?? [...kinds.keys()];
    return namesOf(
      wanted.filter((id) => any.get(id, from, below) !== undefined).map((id) => kinds.get(id) as PredictionKind),
    );
  }

  performance(since: number, until: number, classes: readonly string[]) {
    const cover = coverPeriod(since, until, this.#now());
    const latencies: LatencyCount[] = [];
    const confusions: ConfusionCount[] = [];
    for (const { resolution, from, to } of cover.spans) {
      latencies.push(
        ...this.#all<LatencyCount>(
          `SELECT version, bucket, sum(n) AS n FROM latency_summary
           WHERE resolution = ? AND start >= ? AND start < ? GROUP BY version, bucket`,
          ...[resolution, from, to],
        ),
      );
      confusions.push(
        ...this.#all<ConfusionCount>(
          `SELECT version, predicted, actual, sum(n) AS n FROM confusion_summary
           WHERE resolution = ? AND start >= ? AND start < ? GROUP BY version, predicted, actual HAVING sum(n) > 0`,
          ...[resolution, from, to],
        ),
      );
    }
    return performanceReport(cover, latencies, confusions, classes);
  }

  timeline(since: number, until: number, step: number) {
    const latencies = this.#all<StepLatency>(
      'SELECT start, version, bucket, n FROM latency_summary WHERE resolution = ? AND start >= ? AND start < ?',
      ...[step, since, until],
    );
    const feedbacks = this.#all<StepFeedback>(
      `SELECT start, version, sum(n) AS feedback, sum(n * (predicted = actual)) AS correct FROM confusion_summary
       WHERE resolution = ? AND start >= ? AND start < ? GROUP BY start, version HAVING sum(n) > 0`,
      ...[step, since, until],
    );
    return timelineOf(latencies, feedbacks);
  }

  releases(since: number, until: number): ReleaseStart[] {
    const first = this.#db.prepare(
      'SELECT id FROM prediction WHERE kind = ? AND id >= ? AND id < ? ORDER BY id LIMIT 1',
    );
    const firsts = [...this.#kinds().values()].flatMap((kind) => {
      const row = first.get(kind.id, uuidFloor(since), uuidFloor(until)) as { id: Uint8Array } | undefined;
      return row ? [{ kind, time: uuidTime(row.id) }] : [];
    });
    return releaseStarts(firsts);
  }

  recent(n: number): RecentRow[] {
    const kinds = this.#kinds();
    const answered = [...kinds.values()]
      .filter((kind) => kind.label >= 0 && kind.source !== 'page')
      .map((kind) => kind.id);
    const rows = this.#rowsOfKinds(answered, { from: uuidFloor(0), below: uuidFloor(MAX_TIME) }, n);
    return rows.reverse().map((row) => {
      const { featureNames, label, version, release } = kinds.get(row.kind) as PredictionKind;
      return { columns: featureNames, features: readRowData(row.data).features, label, version, release };
    });
  }

  #page(query: HistoryQuery): { rows: HistoryRow[]; nextCursor: string | null; searchedTo: number | null } {
    const kinds = this.#kinds();
    const bounds = boundsOf(query);
    const wanted = matchingKinds(kinds.values(), query);
    const walked = walkedBy(query, wanted);
    if (walked !== null) return this.#search(query, sqliteSearch(query, walked, kinds, { ...bounds, wanted }), kinds);
    // one row more than requested shows whether there is a next page
    const found =
      wanted === null
        ? this.#all<Row>(
            `${ROW} WHERE p.id >= ? AND p.id < ? ORDER BY p.id DESC LIMIT ?`,
            ...[bounds.from, bounds.below, query.limit + 1],
          )
        : this.#rowsOfKinds(wanted, bounds, query.limit + 1);
    const rows = found.slice(0, query.limit);
    return {
      rows: rows.map((row) => this.#toHistoryRow(row, kinds)),
      nextCursor: found.length > query.limit ? encodeCursor((rows[rows.length - 1] as Row).id) : null,
      searchedTo: null,
    };
  }

  #search({ limit, disagree }: HistoryQuery, search: SqliteSearch, kinds: Map<number, PredictionKind>) {
    const shadow = disagree === undefined ? '' : ', s.version AS shadow_version, s.class AS shadow_class';
    const found = this.#all<Row>(
      `SELECT ${COLUMNS}${shadow} ${search.rows} ORDER BY c.id DESC LIMIT ?`,
      ...[...search.parameters, limit + 1],
    );
    const rows = found.slice(0, limit);
    const full = found.length > limit;
    const last = full ? rows.at(-1) : this.#all<Pick<Row, 'id'>>(search.last, ...search.bounds)[0];
    return {
      rows: rows.map((row) => this.#toHistoryRow(row, kinds)),
      nextCursor: last ? encodeCursor(last.id) : null,
      searchedTo: last && !full ? uuidTime(last.id) : null,
    };
  }

  /** Of all pages. */
  #total({ limit: _limit, cursor: _cursor, count: _count, ...filter }: HistoryQuery): HistoryTotal {
    const one = (sql: string, ...parameters: (Uint8Array | number | string)[]) =>
      this.#all<{ n: number }>(sql, ...parameters)[0]?.n ?? 0;
    if (isEveryRow(filter)) return { rows: one('SELECT rows AS n FROM row_count'), exact: true };
    const kinds = this.#kinds();
    const bounds = boundsOf(filter);
    const wanted = matchingKinds(kinds.values(), filter);
    const walked = walkedBy(filter, wanted);
    if (walked !== null) {
      const search = sqliteSearch(filter, walked, kinds, { ...bounds, wanted });
      const rows = one(`SELECT count(*) AS n ${search.rows}`, ...search.parameters);
      return { rows, exact: this.#all(search.last, ...search.bounds).length === 0 };
    }
    let rows = 0;
    for (const kind of wanted ?? [null]) {
      const left = MOST_COUNTED + 1 - rows;
      rows += one(
        `SELECT count(*) AS n FROM (SELECT 1 FROM prediction WHERE ${kind === null ? '' : `kind = ${kind} AND`}
           id >= ? AND id < ? LIMIT ?)`,
        ...[bounds.from, bounds.below, left],
      );
    }
    return { rows: Math.min(rows, MOST_COUNTED), exact: rows <= MOST_COUNTED };
  }

  /** The newest rows of some kinds: merges each kind's newest ids by the index on (kind, id), and reads no other row. */
  #rowsOfKinds(kinds: readonly number[], { from, below }: Bounds, limit: number): Row[] {
    const newest = this.#db.prepare(
      'SELECT id FROM prediction WHERE kind = ? AND id >= ? AND id < ? ORDER BY id DESC LIMIT ?',
    );
    let ids: Uint8Array[] = [];
    let oldestUseful = from;
    for (const kind of kinds) {
      const found = newest.all(kind, oldestUseful, below, limit) as { id: Uint8Array }[];
      ids = [...ids, ...found.map(({ id }) => id)].sort((a, b) => Buffer.compare(b, a)).slice(0, limit);
      if (ids.length === limit) oldestUseful = ids[limit - 1] as Uint8Array;
    }
    const row = this.#db.prepare(`${ROW} WHERE p.id = ?`);
    // a row may be trimmed between the two queries
    return ids.map((id) => row.get(id) as Row | undefined).filter((found) => found !== undefined);
  }

  #toHistoryRow(row: Row, kinds: Map<number, PredictionKind>): HistoryRow {
    return toHistoryRow(row.id, kinds.get(row.kind) as PredictionKind, readRowData(row.data), row);
  }

  #kinds(): Map<number, PredictionKind> {
    return readKinds(
      this.#all<StoredKind>(
        `SELECT k.id, k.version, k.assigned, k.release, k.source, k.route, k.label, k.class, k.error,
           n.names AS feature_names
         FROM kind k LEFT JOIN feature_names n ON n.id = k.names`,
      ),
    );
  }

  #all<T>(sql: string, ...parameters: (Uint8Array | number | string)[]): T[] {
    return this.#db.prepare(sql).all(...parameters) as Record<string, SQLOutputValue>[] as T[];
  }
}
