import { setTimeout as sleep } from 'node:timers/promises';
import type { HistoryPage, HistoryRow, PerformanceFigures } from '@coppice/contract';
import type { Storage } from '../storage/open-storage.ts';
import type { AuditedChange } from '../storage/port/control-store.ts';
import { StorageUnavailableError, UnmatchedFeedbackError } from '../storage/port/errors.ts';
import type { FeedbackItem, FeedbackOutcome, FeedbackResult, FeedbackRules } from '../storage/port/feedback.ts';
import type {
  BatchSlice,
  ExportFormat,
  ExportQuery,
  HistoryQuery,
  RecentRow,
  ReleaseStart,
  Schema,
} from '../storage/port/record-store.ts';
import type { RecordedPrediction } from '../storage/port/recorded-prediction.ts';
import type { RowCodes } from '../storage/rows/row-batch.ts';
import { Dictionary } from './dictionary.ts';
import { exportRecord } from './export-record.ts';
import { unknownCostClasses } from './feedback-config.ts';
import { forgetUser } from './forget-user.ts';
import { isYoung } from './is-young.ts';
import { OmittedFeatures } from './omitted-features.ts';
import { Origins } from './origins.ts';
import type { PredictionRecord } from './record.ts';
import { MOST_FLUSH_MS, type RecordConfig } from './record-config.ts';
import { RowQueue } from './row-queue.ts';
import { type ShadowAnswer, ShadowAnswerQueue } from './shadow-answer-queue.ts';

/** Distinct error reasons; rows keep a code of 16 bits, and reasons are meant to be few. */
const MAX_ERRORS = 1_000;
/** A transaction of this size takes some 20 ms in SQLite and 400 ms in PostgreSQL: far from any time-out. */
const TRANSACTION_ROWS = 10_000;
/** Feedback takes longer to come than this, and a message a second costs nothing. */
const SHADOW_FLUSH_MS = 1_000;

type Dependencies = {
  storage: Pick<Storage, 'writer' | 'reader' | 'health' | 'shared'>;
  /** Names from the model card; null until one is known. */
  schema(): Schema;
  /** Default: what the configuration names. */
  omitted?: OmittedFeatures;
  /** Called with the number of lost rows: the queue was full, or the process ended while the database was down. */
  onDropped(rows: number): void;
};

/**
 * The record as the gateway's main thread sees it: encodes rows into a bounded queue and passes them to the database's
 * worker in transferred buffers, one message at a time.
 */
export class BufferedRecord implements PredictionRecord {
  readonly #config: RecordConfig;
  readonly #writer: Storage['writer'];
  readonly #reader: Storage['reader'];
  readonly #health: Storage['health'];
  readonly #shared: boolean;
  readonly #schema: () => Schema;
  readonly #onDropped: (rows: number) => void;
  readonly #queue: RowQueue;
  readonly #omitted: OmittedFeatures;
  readonly #origins = new Origins();
  readonly #routes = new Dictionary(0xffff);
  readonly #errors = new Dictionary(MAX_ERRORS);
  /** Reused from row to row. */
  readonly #codes: RowCodes = { origin: 0, route: 0, error: 0 };
  /** Rows that the worker has; they are not in the queue. */
  #taken = 0;
  #writing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  readonly #shadowAnswers = new ShadowAnswerQueue();
  #shadowTimer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(config: RecordConfig, { storage, schema, omitted, onDropped }: Dependencies) {
    const { writer, reader, health, shared } = storage;
    this.#config = config;
    this.#queue = new RowQueue(config.queueRows);
    this.#omitted = omitted ?? new OmittedFeatures(config.omit);
    this.#writer = writer;
    this.#reader = reader;
    this.#health = health;
    this.#shared = shared;
    this.#schema = schema;
    this.#onDropped = onDropped;
    health.onRetry(() => (this.#queue.rows > 0 ? this.#write() : writer.call('upkeep', 'probe', [])));
  }

  append(whole: RecordedPrediction): void {
    if (!this.#config.enabled || this.#closed) return;
    const row = this.#omitted.without(whole);
    if (this.#origins.areMany && !this.#unwritten()) this.#origins.forget();
    const codes = this.#codes;
    codes.origin = this.#origins.codeOf(row);
    codes.route = this.#routes.codeOf(row.route);
    codes.error = row.error === null ? 0 : this.#errors.codeOf(row.error) + 1;
    const dropped = this.#queue.push(row, codes, this.#taken);
    if (dropped > 0) this.#onDropped(dropped);
    if (this.#timer === null) this.#timer = setTimeout(this.#flushInTime, this.#config.flushMs);
  }

  history(query: HistoryQuery): Promise<HistoryPage> {
    return this.#reader.call('history', 'history', [query]);
  }

  async find(id: string): Promise<HistoryRow | null> {
    // checked before: rows that are written while the reader looks may come too late for it
    const unwritten = this.#unwritten();
    const found = await this.#reader.call('history', 'find', [id]);
    if (found || !unwritten) return found;
    await this.flush();
    return this.#reader.call('history', 'find', [id]);
  }

  exportAs(kind: ExportFormat['kind'], query: ExportQuery): AsyncIterable<string> {
    const busy = () => this.#unwritten();
    return exportRecord({ reader: this.#reader, schema: this.#schema(), busy }, kind, query);
  }

  async addFeedback(items: readonly FeedbackItem[]): Promise<FeedbackOutcome[]> {
    // the newest prediction with a reference may still wait to be written
    if (items.some(({ reference }) => reference !== undefined)) await this.flush();
    const unwritten = this.#unwritten();
    try {
      return (await this.#sendFeedback(items, false)).outcomes;
    } catch (error) {
      if (!(error instanceof UnmatchedFeedbackError) || !unwritten) throw error;
      await this.flush();
      return (await this.#sendFeedback(items, false)).outcomes;
    }
  }

  async addMatchingFeedback(items: readonly FeedbackItem[]): Promise<FeedbackResult> {
    await this.flush();
    return this.#sendFeedback(items, true);
  }

  addShadowAnswer(answer: ShadowAnswer): void {
    if (!this.#config.enabled || this.#closed) return;
    this.#shadowAnswers.push(answer);
    this.#shadowTimer ??= setTimeout(() => {
      this.#shadowTimer = null;
      this.flush();
    }, SHADOW_FLUSH_MS);
  }

  async forget(userHash: string, by: Pick<AuditedChange, 'who' | 'reason'>): Promise<number> {
    // other gateways write what waits there within this time
    if (this.#shared) await sleep(MOST_FLUSH_MS);
    await this.flush();
    if (this.#health.failing) throw new StorageUnavailableError('rows wait that cannot be written');
    return forgetUser(this.#writer, userHash, by);
  }

  mayFollow(id: string, now: number): boolean {
    return this.#shared && isYoung(id, now);
  }

  performance(since: number, until: number): Promise<PerformanceFigures> {
    return this.#reader.call('history', 'performance', [since, until, this.#schema()?.classes ?? []]);
  }

  releases(since: number, until: number): Promise<ReleaseStart[]> {
    return this.#reader.call('history', 'releases', [since, until]);
  }

  recent(n: number): Promise<RecentRow[]> {
    return this.#reader.call('history', 'recent', [n]);
  }

  warnings(): string[] {
    return this.#health.warnings();
  }

  async flush(): Promise<void> {
    // those of rows that are appended from now on would find no row
    const answers = this.#shadowAnswers.take();
    await this.#flushRows();
    if (answers.ids.length === 0 || this.#health.failing) return;
    await this.#writer.call('record', 'addShadowAnswers', [answers]).catch(() => {});
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    await this.flush();
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#shadowTimer) clearTimeout(this.#shadowTimer);
    this.#health.stop();
    if (this.#queue.rows > 0) this.#onDropped(this.#queue.rows);
    this.#queue.take();
  }

  #sendFeedback(items: readonly FeedbackItem[], partial: boolean): Promise<FeedbackResult> {
    const { costs, outcomeRange } = this.#config.feedback;
    const classes = this.#schema()?.classes ?? [];
    const fits = unknownCostClasses(costs, classes).length === 0;
    const rules: FeedbackRules = { classes, costs: fits ? costs : null, outcomeRange };
    return this.#writer.call('record', 'addFeedback', [items, rules, partial]);
  }

  async #flushRows(): Promise<void> {
    await this.#writing;
    await this.#write();
  }

  #unwritten(): boolean {
    return this.#queue.rows > 0 || this.#writing !== null;
  }

  readonly #flushInTime = (): void => {
    this.#timer = null;
    // while writes fail, the retries of `DatabaseHealth` write the queue
    if (!this.#health.failing) this.#flushRows();
  };

  /** Writes all rows queued by now. Never rejects: rows that cannot be written go back into the queue. */
  #write(): Promise<void> {
    if (this.#queue.rows === 0 && !this.#writing) return Promise.resolve();
    this.#writing ??= this.#writeQueue().finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  async #writeQueue(): Promise<void> {
    let left = this.#queue.rows;
    while (left > 0 && this.#queue.rows > 0) {
      const taken = this.#queue
        .take(TRANSACTION_ROWS)
        .map(({ buffer, start, end, rows }) => ({ buffer, start, end, rows }));
      left -= countRows(taken);
      if (!(await this.#writeOnce(taken))) return;
    }
  }

  /** One transaction; false when it failed. */
  async #writeOnce(taken: readonly BatchSlice[]): Promise<boolean> {
    const message = {
      batches: taken,
      generation: this.#origins.generation,
      origins: this.#origins.list,
      routes: this.#routes.words,
      errors: this.#errors.words,
      classes: this.#schema()?.classes ?? [],
    };
    this.#taken = countRows(taken);
    let buffers: ArrayBuffer[] | null = null;
    try {
      await this.#writer.call('record', 'write', [message], {
        transfer: taken.map((batch) => batch.buffer),
        returned: (returned) => {
          buffers = returned;
        },
      });
      this.#queue.recycle(buffers ?? []);
      this.#health.succeeded();
      return true;
    } catch (error) {
      this.#takeBack(taken, buffers);
      this.#health.failed(error as Error);
      return false;
    } finally {
      this.#taken = 0;
    }
  }

  /** Without their buffers (the worker died with them) the rows are lost. */
  #takeBack(taken: readonly BatchSlice[], buffers: readonly ArrayBuffer[] | null): void {
    const dropped =
      buffers === null
        ? countRows(taken)
        : this.#queue.putBack(taken.map((batch, i) => ({ ...batch, buffer: buffers[i] as ArrayBuffer })));
    if (dropped > 0) this.#onDropped(dropped);
  }
}

const countRows = (batches: readonly BatchSlice[]) => batches.reduce((sum, batch) => sum + batch.rows, 0);
