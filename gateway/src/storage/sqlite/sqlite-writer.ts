import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { FeedbackItem } from '../../record/record.ts';
import type { Retention } from '../../record/record-config.ts';
import type { AuditedChange, ControlState } from '../port/control-store.ts';
import type { Dictionaries, RecordWriter, WriteMessage } from '../port/record-store.ts';
import { type EncodedRow, eachRow } from '../rows/row-batch.ts';
import { uuidTime } from '../rows/uuid-v7.ts';
import { SummaryDeltas } from '../summaries/summary-deltas.ts';
import { openForWriting } from './open-sqlite.ts';
import { SqliteControl } from './sqlite-control.ts';
import { SqliteFeedback } from './sqlite-feedback.ts';
import { SqliteTrim } from './sqlite-trim.ts';
import { transaction } from './transaction.ts';

/** Writes the record into one SQLite file. All methods are synchronous and are meant for a worker thread. */
export class SqliteWriter implements RecordWriter {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #addRows: StatementSync;
  readonly #addSummary: StatementSync;
  readonly #addKind: StatementSync;
  readonly #findKind: StatementSync;
  readonly #feedback: SqliteFeedback;
  readonly #control: SqliteControl;
  readonly #trim: SqliteTrim;
  /** Kind ids by the rows' codes, for as long as the codes mean the same. */
  #kinds = new Map<number, number>();
  #classes = '';

  constructor(file: string, retention: Retention) {
    const db = openForWriting(file);
    this.#db = db;
    this.#insert = db.prepare('INSERT OR IGNORE INTO prediction (id, kind, data) VALUES (?, ?, ?)');
    this.#addRows = db.prepare('UPDATE row_count SET rows = rows + ?');
    this.#addSummary = db.prepare(`
      INSERT INTO latency_summary (resolution, start, version, bucket, n) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET n = n + excluded.n`);
    this.#addKind = db.prepare(
      'INSERT OR IGNORE INTO kind (version, route, label, class, error) VALUES (?, ?, ?, ?, ?)',
    );
    this.#findKind = db.prepare(
      'SELECT id FROM kind WHERE version = ? AND route = ? AND label = ? AND class IS ? AND error IS ?',
    );
    this.#feedback = new SqliteFeedback(db);
    this.#control = new SqliteControl(db);
    this.#trim = new SqliteTrim(db, retention);
  }

  probe(): void {
    this.#addRows.run(0);
  }

  write(message: WriteMessage): void {
    const classes = JSON.stringify(message.classes);
    if (classes !== this.#classes) this.#kinds.clear();
    this.#classes = classes;
    try {
      transaction(this.#db, () => this.#writeRows(message));
    } catch (error) {
      // kinds that were added in this transaction are gone with it
      this.#kinds.clear();
      throw error;
    }
  }

  addFeedback(items: readonly FeedbackItem[]) {
    return transaction(this.#db, () => this.#feedback.add(items, Date.now()));
  }

  loadControl() {
    return this.#control.load();
  }

  saveControl(next: ControlState, change: AuditedChange) {
    return transaction(this.#db, () => this.#control.save(next, change, Date.now()));
  }

  audit(limit: number, beforeId: number | null) {
    return this.#control.audit(limit, beforeId);
  }

  trim() {
    return transaction(this.#db, () => this.#trim.step(Date.now()));
  }

  close(): void {
    this.#db.close();
  }

  #writeRows(message: WriteMessage): void {
    const deltas = new SummaryDeltas();
    let rows = 0;
    const visit = (row: EncodedRow) => {
      // the same row again (written, but the answer was lost): keep the first
      if (this.#insert.run(row.id, this.#kindOf(row, message), row.data).changes === 0) return;
      rows++;
      deltas.add(uuidTime(row.id), message.versions[row.version] as string, row.latencySeconds, row.label < 0);
    };
    for (const batch of message.batches) eachRow(batch, visit);
    this.#addRows.run(rows);
    for (const { resolution, start, version, bucket, n } of deltas.list())
      this.#addSummary.run(resolution, start, version, bucket, n);
  }

  #kindOf(row: EncodedRow, names: Dictionaries): number {
    const code = ((row.version * 8 + row.route) * 65_536 + row.label + 1) * 65_536 + row.error;
    const known = this.#kinds.get(code);
    if (known !== undefined) return known;
    const columns = [
      names.versions[row.version] as string,
      names.routes[row.route] as string,
      row.label,
      row.label < 0 ? null : (names.classes[row.label] ?? String(row.label)),
      row.error === 0 ? null : (names.errors[row.error - 1] as string),
    ] as const;
    this.#addKind.run(...columns);
    const { id } = this.#findKind.get(...columns) as { id: number };
    this.#kinds.set(code, id);
    return id;
  }
}
