import type { HistoryPage, HistoryRow, HistoryTotal } from '@coppice/contract';
import type { Pool } from 'pg';
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
import { boundsOf, MAX_TIME } from '../rows/history-bounds.ts';
import { isEveryRow, MOST_COUNTED, walkedBy } from '../rows/history-search.ts';
import {
  matchingKinds,
  namesOf,
  type PredictionKind,
  readKinds,
  releaseStarts,
  type StoredKind,
} from '../rows/prediction-kind.ts';
import { type StoredBeside, toHistoryRow } from '../rows/to-history-row.ts';
import { encodeCursor, uuidBytes, uuidFloor, uuidText, uuidTime } from '../rows/uuid-v7.ts';
import { coverPeriod } from '../summaries/cover-period.ts';
import { type ConfusionCount, type LatencyCount, performanceReport } from '../summaries/performance-report.ts';
import { type StepFeedback, type StepLatency, timelineOf } from '../summaries/timeline.ts';
import { type PostgresSearch, postgresSearch } from './postgres-search.ts';
import { type StoredValues, valuesOf } from './stored-values.ts';

type Row = StoredValues & {
  id: string;
  kind: number;
  latency: number;
  probability: number[] | null;
  user_hash: string | null;
} & StoredBeside;
type Page = { rows: HistoryRow[]; nextCursor: string | null; searchedTo: number | null };
/** Ids as text. */
type Bounds = { from: string; below: string };

const COLUMNS = 'p.id, p.kind, p.latency, p.features, p.texts, p.flags, p.probability, p.user_hash, p.reference';

/** Reads the record from PostgreSQL. */
export class PostgresReader implements HistoryStore {
  readonly #pool: Pool;
  readonly #now: () => number;

  constructor(pool: Pool, now: () => number) {
    this.#pool = pool;
    this.#now = now;
  }

  async history(query: HistoryQuery): Promise<HistoryPage> {
    const { rows, nextCursor, searchedTo } = await this.#page(query);
    return {
      ...{ predictions: rows, next_cursor: nextCursor },
      ...(searchedTo === null ? {} : { searched_to: new Date(searchedTo).toISOString() }),
      ...(query.count ? { total: await this.#total(query) } : {}),
    };
  }

  async find(id: string): Promise<HistoryRow | null> {
    const [row] = await this.#all<Row>(
      `SELECT ${COLUMNS}, f.actual, f.outcome FROM coppice.prediction p LEFT JOIN coppice.feedback f ON f.id = p.id WHERE p.id = $1`,
      [id],
    );
    return row ? asHistoryRow(row, await this.#kinds()) : null;
  }

  async exportPage(query: HistoryQuery, format: ExportFormat): Promise<ExportPage> {
    const page = await this.#page(query);
    const lines = page.rows.map((row) => exportLine(row, format)).join('');
    return { lines, rows: page.rows.length, nextCursor: page.nextCursor };
  }

  async featureNames(filter: HistoryFilter): Promise<string[][]> {
    const kinds = await this.#kinds();
    const { from, below } = textBounds(filter);
    const found = await this.#all<{ id: number }>(
      `SELECT k AS id FROM unnest($1::int[]) k
       WHERE EXISTS (SELECT FROM coppice.prediction WHERE kind = k AND id >= $2 AND id < $3)`,
      [matchingKinds(kinds.values(), filter) ?? [...kinds.keys()], from, below],
    );
    return namesOf(found.map(({ id }) => kinds.get(id) as PredictionKind));
  }

  async performance(since: number, until: number, classes: readonly string[]) {
    const cover = coverPeriod(since, until, this.#now());
    const spans = (['resolution', 'from', 'to'] as const).map((name) => cover.spans.map((span) => span[name]));
    const inSpans = `
      FROM unnest($1::int[], $2::bigint[], $3::bigint[]) AS span (resolution, since, until)
      JOIN coppice.TABLE s ON s.resolution = span.resolution AND s.start >= span.since AND s.start < span.until`;
    const latencies = await this.#all<LatencyCount>(
      `SELECT version, bucket, sum(n)::float8 AS n ${inSpans.replace('TABLE', 'latency_summary')}
       GROUP BY version, bucket`,
      spans,
    );
    const confusions = await this.#all<ConfusionCount>(
      `SELECT version, predicted, actual, sum(n)::float8 AS n ${inSpans.replace('TABLE', 'confusion_summary')}
       GROUP BY version, predicted, actual HAVING sum(n) > 0`,
      spans,
    );
    return performanceReport(cover, latencies, confusions, classes);
  }

  async timeline(since: number, until: number, step: number) {
    const steps = [step, since, until];
    const latencies = await this.#all<StepLatency>(
      `SELECT start::float8 AS start, version, bucket, n::float8 AS n FROM coppice.latency_summary
       WHERE resolution = $1 AND start >= $2 AND start < $3`,
      steps,
    );
    const feedbacks = await this.#all<StepFeedback>(
      `SELECT start::float8 AS start, version, sum(n)::float8 AS feedback,
         coalesce(sum(n) FILTER (WHERE predicted = actual), 0)::float8 AS correct
       FROM coppice.confusion_summary WHERE resolution = $1 AND start >= $2 AND start < $3
       GROUP BY start, version HAVING sum(n) > 0`,
      steps,
    );
    return timelineOf(latencies, feedbacks);
  }

  async releases(since: number, until: number): Promise<ReleaseStart[]> {
    const kinds = await this.#kinds();
    const firsts = await this.#all<{ kind: number; id: string }>(
      `SELECT k.id AS kind, p.id FROM coppice.kind k CROSS JOIN LATERAL (
         SELECT id FROM coppice.prediction WHERE kind = k.id AND id >= $1 AND id < $2 ORDER BY id LIMIT 1) p`,
      [uuidText(uuidFloor(since)), uuidText(uuidFloor(until))],
    );
    return releaseStarts(
      firsts.map(({ kind, id }) => ({ kind: kinds.get(kind) as PredictionKind, time: uuidTime(uuidBytes(id)) })),
    );
  }

  async recent(n: number): Promise<RecentRow[]> {
    const kinds = await this.#kinds();
    const answered = [...kinds.values()]
      .filter((kind) => kind.label >= 0 && kind.source !== 'page')
      .map((kind) => kind.id);
    const bounds = { from: uuidText(uuidFloor(0)), below: uuidText(uuidFloor(MAX_TIME)) };
    const rows = await this.#rows(answered, bounds, n);
    return rows.reverse().map((row) => {
      const { featureNames, label, version, release } = kinds.get(row.kind) as PredictionKind;
      return { columns: featureNames, features: valuesOf(row), label, version, release };
    });
  }

  async #page(query: HistoryQuery): Promise<Page> {
    const kinds = await this.#kinds();
    const bounds = textBounds(query);
    const wanted = matchingKinds(kinds.values(), query);
    const walked = walkedBy(query, wanted);
    if (walked !== null) return this.#search(query, postgresSearch(query, walked, kinds, { ...bounds, wanted }), kinds);
    // one row more than requested shows whether there is a next page
    const found = await this.#rows(wanted, bounds, query.limit + 1);
    const rows = found.slice(0, query.limit);
    return {
      rows: rows.map((row) => asHistoryRow(row, kinds)),
      nextCursor: found.length > query.limit ? encodeCursor(uuidBytes((rows.at(-1) as Row).id)) : null,
      searchedTo: null,
    };
  }

  async #search(
    { limit, disagree }: HistoryQuery,
    search: PostgresSearch,
    kinds: Map<number, PredictionKind>,
  ): Promise<Page> {
    const shadow = disagree === undefined ? '' : ', s.version AS shadow_version, s.class AS shadow_class';
    const found = await this.#all<Row>(
      `SELECT ${COLUMNS}, f.actual, f.outcome${shadow} ${search.rows} ORDER BY c.id DESC LIMIT ${limit + 1}`,
      search.parameters,
    );
    const rows = found.slice(0, limit);
    const full = found.length > limit;
    const last = full ? rows.at(-1) : (await this.#all<Pick<Row, 'id'>>(search.last, search.bounds))[0];
    const id = last ? uuidBytes(last.id) : null;
    return {
      rows: rows.map((row) => asHistoryRow(row, kinds)),
      nextCursor: id && encodeCursor(id),
      searchedTo: id && !full ? uuidTime(id) : null,
    };
  }

  /** Of all pages. */
  async #total({ limit: _limit, cursor: _cursor, count: _count, ...filter }: HistoryQuery): Promise<HistoryTotal> {
    const one = async (sql: string, parameters: unknown[]) =>
      (await this.#all<{ n: number }>(sql, parameters))[0]?.n ?? 0;
    if (isEveryRow(filter))
      return { rows: await one('SELECT rows::float8 AS n FROM coppice.row_count', []), exact: true };
    const kinds = await this.#kinds();
    const bounds = textBounds(filter);
    const wanted = matchingKinds(kinds.values(), filter);
    const walked = walkedBy(filter, wanted);
    if (walked !== null) {
      const search = postgresSearch(filter, walked, kinds, { ...bounds, wanted });
      const rows = await one(`SELECT count(*)::float8 AS n ${search.rows}`, search.parameters);
      return { rows, exact: (await this.#all(search.last, search.bounds)).length === 0 };
    }
    const matching = (condition: string) =>
      `SELECT FROM coppice.prediction WHERE ${condition} id >= $1 AND id < $2 LIMIT $3`;
    const among =
      wanted === null
        ? matching('')
        : `SELECT FROM unnest($4::int[]) k CROSS JOIN LATERAL (${matching('kind = k AND')}) q LIMIT $3`;
    const rows = await one(`SELECT count(*)::float8 AS n FROM (${among}) q`, [
      ...[bounds.from, bounds.below, MOST_COUNTED + 1],
      ...(wanted === null ? [] : [wanted]),
    ]);
    return { rows: Math.min(rows, MOST_COUNTED), exact: rows <= MOST_COUNTED };
  }

  /** The newest rows, of some kinds or of all: each kind's newest by the index on (kind, id), which reads no other row. */
  #rows(kinds: readonly number[] | null, { from, below }: Bounds, limit: number): Promise<Row[]> {
    const newest = (condition: string) =>
      `SELECT * FROM coppice.prediction WHERE ${condition} id >= $1 AND id < $2 ORDER BY id DESC LIMIT $3`;
    const source =
      kinds === null
        ? `(${newest('')})`
        : `(SELECT q.* FROM unnest($4::int[]) k CROSS JOIN LATERAL (${newest('kind = k AND')}) q ORDER BY q.id DESC LIMIT $3)`;
    return this.#all<Row>(
      `SELECT ${COLUMNS}, f.actual, f.outcome FROM ${source} p LEFT JOIN coppice.feedback f ON f.id = p.id ORDER BY p.id DESC`,
      [from, below, limit, ...(kinds === null ? [] : [kinds])],
    );
  }

  async #kinds(): Promise<Map<number, PredictionKind>> {
    return readKinds(
      await this.#all<StoredKind>(
        `SELECT k.id, k.version, k.assigned, k.release, k.source, k.route, k.label, k.class, k.error,
           n.names AS feature_names
         FROM coppice.kind k LEFT JOIN coppice.feature_names n ON n.id = k.names`,
        [],
      ),
    );
  }

  async #all<T>(sql: string, parameters: unknown[]): Promise<T[]> {
    return (await this.#pool.query(sql, parameters)).rows as T[];
  }
}

function textBounds(query: Parameters<typeof boundsOf>[0]): Bounds {
  const { from, below } = boundsOf(query);
  return { from: uuidText(from), below: uuidText(below) };
}

function asHistoryRow(row: Row, kinds: Map<number, PredictionKind>): HistoryRow {
  const { probability, user_hash: userHash, latency: latencySeconds } = row;
  const kind = kinds.get(row.kind) as PredictionKind;
  return toHistoryRow(uuidBytes(row.id), kind, { features: valuesOf(row), probability, userHash, latencySeconds }, row);
}
