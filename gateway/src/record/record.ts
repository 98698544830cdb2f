import type { FeedbackRequest, HistoryPage, HistoryRow, PerformanceReport, Route } from '@coppice/contract';

/** One answered or failed prediction, as it is handed to the record off the hot path. */
export type RecordedPrediction = {
  /** uuid v7, made for this row: order, periods and retention go by the time that it holds. */
  id: string;
  /** Milliseconds since the epoch, for those who do not read ids. */
  time: number;
  version: string;
  route: Route;
  userHash: string | null;
  /** In the model card's feature order. */
  features: ArrayLike<number>;
  /** Index of the class, or -1 when the request failed. */
  label: number;
  probability: ArrayLike<number> | null;
  latencySeconds: number;
  /** Reason when the request failed, else null. */
  error: string | null;
};

export type HistoryQuery = {
  version?: string;
  class?: string;
  route?: Route;
  /** Milliseconds since the epoch, inclusive. */
  since?: number;
  /** Milliseconds since the epoch, exclusive. */
  until?: number;
  limit: number;
  cursor?: string;
};

export type FeedbackItem = Extract<FeedbackRequest, { prediction_id: string }>;

/** What feedback did: the version and whether it agreed, and what an earlier feedback to the same prediction had said. */
export type FeedbackOutcome = { prediction_id: string; version: string; correct: boolean; previous: boolean | null };

/** Where predictions are kept. One implementation per database; the same test suite runs on each. */
export interface PredictionRecord {
  /** Queues a row. Never throws, never waits; over the bound the oldest unwritten row is dropped and counted. */
  append(row: RecordedPrediction): void;
  history(query: HistoryQuery): Promise<HistoryPage>;
  find(id: string): Promise<HistoryRow | null>;
  /** CSV lines, header first, newest first, in constant memory. */
  exportCsv(query: Omit<HistoryQuery, 'limit' | 'cursor'>): AsyncIterable<string>;
  /** All or nothing: throws `UnknownPredictionError` naming the ids that are not in the record. */
  addFeedback(items: readonly FeedbackItem[]): Promise<FeedbackOutcome[]>;
  performance(since: number, until: number): Promise<PerformanceReport>;
  /** The newest `n` answered predictions, oldest first: what the drift window is refilled from. */
  recent(n: number): Promise<{ features: number[]; label: number }[]>;
  /** What a person should know, such as a full disk; empty in good health. */
  warnings(): string[];
  /** Resolves when all that was appended before is written, or could not be: then it waits on. Never rejects. */
  flush(): Promise<void>;
  /** Writes what is queued, and lets go of the database, also for the control store. */
  close(): Promise<void>;
}

export class UnknownPredictionError extends Error {
  readonly ids: readonly string[];

  constructor(ids: readonly string[]) {
    super(`no such prediction: ${ids.join(', ')}`);
    this.ids = ids;
  }
}
