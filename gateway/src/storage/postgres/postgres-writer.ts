import { hash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { FeedbackItem, FeedbackResult, FeedbackRules, ShadowAnswers } from '../port/feedback.ts';
import type { Dictionaries, ForgetStep, RecordStore, RowOrigin, WriteMessage } from '../port/record-store.ts';
import { type EncodedRow, eachRow, readRowData } from '../rows/row-batch.ts';
import { uuidText } from '../rows/uuid-v7.ts';
import { CellDeltas } from '../summaries/cell-deltas.ts';
import { SummaryDeltas } from '../summaries/summary-deltas.ts';
import { addCells, epochId } from './postgres-cells.ts';
import { addFeedback, addShadowAnswers } from './postgres-feedback.ts';
import { forgetInPostgres } from './postgres-forget.ts';
import { exact, literalsOf } from './stored-values.ts';
import { transaction } from './transaction.ts';

type Columns = {
  ids: string[];
  kinds: number[];
  latencies: number[];
  features: string[];
  texts: (string | null)[];
  flags: (string | null)[];
  probabilities: (string | null)[];
  userHashes: (string | null)[];
  references: (string | null)[];
  epochs: (number | null)[];
  buckets: number[];
};

/** Writes rows and feedback into PostgreSQL, a transaction per call. */
export class PostgresWriter implements RecordStore {
  readonly #pool: Pool;
  readonly #now: () => number;
  /** Kind ids by their words. A database never loses a kind. */
  readonly #kinds = new Map<string, number>();
  /** Ids of lists of feature names, by the list as JSON. */
  readonly #names = new Map<string, number>();
  /** The last write failed, and may have been committed nevertheless. */
  #inDoubt = false;

  constructor(pool: Pool, now: () => number) {
    this.#pool = pool;
    this.#now = now;
  }

  async write(message: WriteMessage): Promise<void> {
    const doubted = this.#inDoubt;
    this.#inDoubt = true;
    const names = await this.#learnNames(message);
    await this.#learnKinds(message, names);
    const epochs = await this.#epochs(message);
    await transaction(this.#pool, async (client) => {
      const written = doubted ? await writtenBefore(client, message) : new Set<string>();
      const { columns, deltas, cells } = this.#columns(message, { epochs, names, written });
      await client.query(
        `INSERT INTO coppice.prediction
           (id, kind, latency, features, texts, flags, probability, user_hash, reference, epoch, bucket)
         SELECT id, kind, latency, features::float8[], texts::text[], flags::boolean[], probability::float8[], user_hash, reference,
           epoch, bucket
         FROM unnest($1::uuid[], $2::int[], $3::float8[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
             $9::text[], $10::int[], $11::smallint[])
           AS t (id, kind, latency, features, texts, flags, probability, user_hash, reference, epoch, bucket)`,
        Object.values(columns),
      );
      const counts = deltas.list();
      await client.query(
        `INSERT INTO coppice.latency_summary AS s (resolution, start, version, bucket, n)
         SELECT * FROM unnest($1::int[], $2::bigint[], $3::text[], $4::int[], $5::bigint[])
         ON CONFLICT (resolution, start, version, bucket) DO UPDATE SET n = s.n + excluded.n`,
        (['resolution', 'start', 'version', 'bucket', 'n'] as const).map((name) => counts.map((count) => count[name])),
      );
      await client.query('UPDATE coppice.row_count SET rows = rows + $1', [columns.ids.length]);
      await addCells(client, cells);
    });
    this.#inDoubt = false;
  }

  addFeedback(items: readonly FeedbackItem[], rules: FeedbackRules, partial: boolean): Promise<FeedbackResult> {
    return transaction(this.#pool, (client) => addFeedback(client, items, rules, { partial, now: this.#now() }));
  }

  addShadowAnswers(answers: ShadowAnswers): Promise<void> {
    return transaction(this.#pool, (client) => addShadowAnswers(client, answers));
  }

  forget(userHash: string, after: string | null): Promise<ForgetStep> {
    return transaction(this.#pool, (client) => forgetInPostgres(client, userHash, after));
  }

  #columns(
    message: WriteMessage,
    { epochs, names, written }: { epochs: ByOrigin; names: ByOrigin; written: ReadonlySet<string> },
  ) {
    const deltas = new SummaryDeltas();
    const cells = new CellDeltas();
    const columns: Columns = {
      ...{
        ids: [],
        kinds: [],
        latencies: [],
        features: [],
        texts: [],
        flags: [],
        probabilities: [],
        userHashes: [],
        references: [],
        epochs: [],
        buckets: [],
      },
    };
    const visit = (row: EncodedRow) => {
      const id = uuidText(row.id);
      if (written.has(id)) return;
      const { features, probability, userHash } = readRowData(row.data);
      columns.ids.push(id);
      columns.kinds.push(this.#kinds.get(kindKey(kindWords(row, message, names))) as number);
      columns.latencies.push(row.latencySeconds);
      const literals = literalsOf(features);
      columns.features.push(literals.features);
      columns.texts.push(literals.texts);
      columns.flags.push(literals.flags);
      columns.probabilities.push(probability === null ? null : `{${probability.map(exact)}}`);
      columns.userHashes.push(userHash);
      columns.references.push(row.reference);
      const origin = message.origins[row.origin] as RowOrigin;
      const epoch = epochs.get(row.origin) ?? null;
      columns.epochs.push(epoch);
      columns.buckets.push(row.bucket);
      deltas.add(row.time, origin, row.latencySeconds, row.failed);
      if (epoch !== null) cells.addRow(epoch, origin, row);
    };
    for (const batch of message.batches) eachRow(batch, visit);
    return { columns, deltas, cells };
  }

  /** Numbers of the epochs by their origins. */
  async #epochs(message: WriteMessage): Promise<Map<number, number>> {
    const times = new Map<number, number>();
    for (const batch of message.batches)
      eachRow(batch, (row) => void times.getOrInsertComputed(row.origin, () => row.time));
    const ids = new Map<number, number>();
    for (const [origin, time] of times) {
      const { epoch } = message.origins[origin] as RowOrigin;
      if (epoch !== null) ids.set(origin, await epochId(this.#pool, epoch, time));
    }
    return ids;
  }

  /** Ids of the feature names of each origin that rows have. Outside the transaction, so that they, once known, stay. */
  async #learnNames(message: WriteMessage): Promise<Map<number, number>> {
    const used = new Set<number>();
    for (const batch of message.batches) eachRow(batch, (row) => void used.add(row.origin));
    const ids = new Map<number, number>();
    for (const origin of used) {
      const names = JSON.stringify((message.origins[origin] as RowOrigin).columns);
      const id = this.#names.get(names) ?? (await this.#namesId(names));
      this.#names.set(names, id);
      ids.set(origin, id);
    }
    return ids;
  }

  async #namesId(names: string): Promise<number> {
    const sha256 = hash('sha256', names);
    await this.#pool.query('INSERT INTO coppice.feature_names (hash, names) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      sha256,
      names,
    ]);
    const { rows } = await this.#pool.query<{ id: number }>('SELECT id FROM coppice.feature_names WHERE hash = $1', [
      sha256,
    ]);
    return (rows[0] as { id: number }).id;
  }

  /** Outside the transaction, so that a kind, once known, stays. */
  async #learnKinds(message: WriteMessage, names: ByOrigin): Promise<void> {
    const missing = new Map<string, KindWords>();
    const visit = (row: EncodedRow) => {
      const words = kindWords(row, message, names);
      const key = kindKey(words);
      if (!this.#kinds.has(key)) missing.set(key, words);
    };
    for (const batch of message.batches) eachRow(batch, visit);
    for (const [key, words] of missing) {
      await this.#pool.query(
        `INSERT INTO coppice.kind (version, assigned, release, source, route, label, class, error, names)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT DO NOTHING`,
        [...words],
      );
      const { rows } = await this.#pool.query<{ id: number }>(
        `SELECT id FROM coppice.kind WHERE version = $1 AND assigned IS NOT DISTINCT FROM $2
         AND release IS NOT DISTINCT FROM $3 AND source IS NOT DISTINCT FROM $4 AND route = $5 AND label = $6
         AND class IS NOT DISTINCT FROM $7 AND error IS NOT DISTINCT FROM $8 AND names = $9`,
        [...words],
      );
      this.#kinds.set(key, (rows[0] as { id: number }).id);
    }
  }
}

type KindWords = readonly [
  ...[version: string, assigned: string | null, release: string | null, source: string | null],
  ...[route: string, label: number, name: string | null, error: string | null, names: number],
];
/** Ids by the numbers of origins. */
type ByOrigin = ReadonlyMap<number, number>;

function kindWords(row: EncodedRow, words: Dictionaries, names: ByOrigin): KindWords {
  const { version, assigned, release, source } = words.origins[row.origin] as RowOrigin;
  return [
    ...([version, assigned, release, source] as const),
    words.routes[row.route] as string,
    row.label,
    row.label < 0 ? null : (words.classes[row.label] ?? String(row.label)),
    row.error === 0 ? null : (words.errors[row.error - 1] as string),
    names.get(row.origin) as number,
  ];
}

const kindKey = (words: KindWords) => JSON.stringify(words);
async function writtenBefore(client: PoolClient, message: WriteMessage): Promise<Set<string>> {
  const ids: string[] = [];
  for (const batch of message.batches) eachRow(batch, (row) => ids.push(uuidText(row.id)));
  const { rows } = await client.query<{ id: string }>('SELECT id FROM coppice.prediction WHERE id = ANY ($1::uuid[])', [
    ids,
  ]);
  return new Set(rows.map(({ id }) => id));
}
