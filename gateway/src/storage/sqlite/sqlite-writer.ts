import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { FeedbackItem, FeedbackRules, ShadowAnswers } from '../port/feedback.ts';
import type { Dictionaries, ForgetStep, RecordStore, RowOrigin, WriteMessage } from '../port/record-store.ts';
import { type EncodedRow, eachRow } from '../rows/row-batch.ts';
import { CellDeltas } from '../summaries/cell-deltas.ts';
import { SummaryDeltas } from '../summaries/summary-deltas.ts';
import { ManyRows } from './many-rows.ts';
import type { SqliteCells } from './sqlite-cells.ts';
import { SqliteFeedback } from './sqlite-feedback.ts';
import { forgetInSqlite } from './sqlite-forget.ts';
import { transaction } from './transaction.ts';

/** Stops a transaction: some row of it was there already. */
class SentAgain extends Error {}

/** Writes the record into SQLite. All methods are synchronous, and meant for a worker thread. */
export class SqliteWriter implements RecordStore {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #rows: ManyRows;
  readonly #summaries: ManyRows;
  readonly #addRows: StatementSync;
  readonly #addKind: StatementSync;
  readonly #findKind: StatementSync;
  readonly #addNames: StatementSync;
  readonly #findNames: StatementSync;
  readonly #cells: SqliteCells;
  readonly #feedback: SqliteFeedback;
  readonly #now: () => number;
  /** Kind ids by the rows' codes, as long as the codes mean the same: for each origin and route a map. */
  readonly #kinds = new Map<number, Map<number, number>>();
  #meaning = '';

  constructor(db: DatabaseSync, cells: SqliteCells, now: () => number) {
    this.#db = db;
    this.#cells = cells;
    this.#now = now;
    const insert = 'INSERT OR IGNORE INTO prediction (id, kind, data, reference, epoch, bucket) VALUES';
    this.#insert = db.prepare(`${insert} (?, ?, ?, ?, ?, ?)`);
    this.#rows = new ManyRows(db, 6, (rows) => `${insert} ${rows}`);
    this.#summaries = new ManyRows(
      db,
      5,
      (rows) => `INSERT INTO latency_summary (resolution, start, version, bucket, n) VALUES ${rows}
        ON CONFLICT DO UPDATE SET n = n + excluded.n`,
    );
    this.#addRows = db.prepare('UPDATE row_count SET rows = rows + ?');
    this.#addKind = db.prepare(
      `INSERT OR IGNORE INTO kind (version, assigned, release, source, route, label, class, error, names)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#findKind = db.prepare(
      `SELECT id FROM kind WHERE version = ? AND assigned IS ? AND release IS ? AND source IS ?
       AND route = ? AND label = ? AND class IS ? AND error IS ? AND names = ?`,
    );
    this.#addNames = db.prepare('INSERT OR IGNORE INTO feature_names (names) VALUES (?)');
    this.#findNames = db.prepare('SELECT id FROM feature_names WHERE names = ?');
    this.#feedback = new SqliteFeedback(db, cells);
  }

  write(message: WriteMessage): void {
    const meaning = JSON.stringify([message.generation, message.classes]);
    if (meaning !== this.#meaning) this.#kinds.clear();
    this.#meaning = meaning;
    try {
      this.#counting(() => this.#writeRows(message, true));
    } catch (error) {
      if (!(error instanceof SentAgain)) throw error;
      // one by one it is known which rows count
      this.#counting(() => this.#writeRows(message, false));
    }
  }

  addFeedback(items: readonly FeedbackItem[], rules: FeedbackRules, partial: boolean) {
    return this.#counting(() => this.#feedback.add(items, rules, partial, this.#now()));
  }

  addShadowAnswers(answers: ShadowAnswers): void {
    this.#counting(() => this.#feedback.addShadowAnswers(answers));
  }

  #counting<T>(work: () => T): T {
    try {
      return transaction(this.#db, work);
    } catch (error) {
      // kinds, epochs and cells of this transaction are gone with it
      this.#kinds.clear();
      this.#cells.forget();
      this.#rows.clear();
      this.#summaries.clear();
      throw error;
    }
  }

  forget(userHash: string, after: string | null): ForgetStep {
    return transaction(this.#db, () => forgetInSqlite(this.#db, userHash, after));
  }

  #writeRows(message: WriteMessage, together: boolean): void {
    const deltas = new SummaryDeltas();
    const cells = new CellDeltas();
    const epochs = new Map<number, number | null>();
    let rows = 0;
    let inserted = 0;
    const visit = (row: EncodedRow) => {
      const origin = message.origins[row.origin] as RowOrigin;
      let epoch = epochs.get(row.origin);
      if (epoch === undefined) {
        epoch = origin.epoch === null ? null : this.#cells.epochId(origin.epoch, row.time);
        epochs.set(row.origin, epoch);
      }
      const { id, data, reference, bucket } = row;
      const kind = this.#kindOf(row, message);
      if (together) inserted += this.#rows.add(id, kind, data, reference, epoch, bucket);
      // a row sent again, because the answer to its first write was lost: keep the first
      else if (this.#insert.run(id, kind, data, reference, epoch, bucket).changes === 0) return;
      else inserted++;
      rows++;
      deltas.add(row.time, origin, row.latencySeconds, row.failed);
      if (epoch !== null) cells.addRow(epoch, origin, row);
    };
    for (const batch of message.batches) eachRow(batch, visit);
    inserted += this.#rows.flush();
    if (inserted !== rows) throw new SentAgain();
    this.#addRows.run(rows);
    this.#cells.add(cells);
    for (const { resolution, start, version, bucket, n } of deltas.list())
      this.#summaries.add(resolution, start, version, bucket, n);
    this.#summaries.flush();
  }

  #kindOf(row: EncodedRow, names: Dictionaries): number {
    const kinds = this.#kinds.getOrInsertComputed(row.origin * 8 + row.route, () => new Map<number, number>());
    const code = (row.label + 1) * 65_536 + row.error;
    const known = kinds.get(code);
    if (known !== undefined) return known;
    const { version, assigned, release, source, columns: features } = names.origins[row.origin] as RowOrigin;
    const columns = [
      ...([version, assigned, release, source] as const),
      names.routes[row.route] as string,
      row.label,
      row.label < 0 ? null : (names.classes[row.label] ?? String(row.label)),
      row.error === 0 ? null : (names.errors[row.error - 1] as string),
      this.#namesOf(features),
    ] as const;
    this.#addKind.run(...columns);
    const { id } = this.#findKind.get(...columns) as { id: number };
    kinds.set(code, id);
    return id;
  }

  #namesOf(features: readonly string[]): number {
    const names = JSON.stringify(features);
    this.#addNames.run(names);
    return (this.#findNames.get(names) as { id: number }).id;
  }
}
