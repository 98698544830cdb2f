import type { FeedbackEffect, HistoryPage, HistoryRow, PerformanceReport, Route } from '@coppice/contract';
import type { Answer } from './answer.ts';

/** Rows on their way to the database: encoded, in transferable buffers, with the meaning of their codes. */
export type WriteMessage = Dictionaries & { batches: readonly BatchSlice[] };
export type Dictionaries = {
  versions: readonly string[];
  routes: readonly string[];
  errors: readonly string[];
  classes: readonly string[];
};
/** Part of a buffer that holds encoded rows. */
export type BatchSlice = { buffer: ArrayBuffer; start: number; end: number; rows: number };

export type FeedbackItem = { prediction_id: string; actual: string };
/** Result of feedback: the version, whether it agrees, and what there was of earlier feedback to the same prediction. */
export type FeedbackOutcome = {
  prediction_id: string;
  version: string;
  correct: boolean;
  /** Whether the earlier feedback agreed. */
  previous: boolean | null;
  effect: FeedbackEffect;
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
/** Names for the columns of an export; null until a model card is known. */
export type Schema = { features: readonly string[]; classes: readonly string[] } | null;
export type ExportQuery = Omit<HistoryQuery, 'limit' | 'cursor'>;
export type ExportPage = { lines: string; nextCursor: string | null };
export type RecentRow = { features: number[]; label: number };

/** Writes the record. Every call is one transaction. */
export interface RecordStore {
  write(message: WriteMessage): Answer<void>;
  /** All or nothing: throws `UnknownPredictionError`. */
  addFeedback(items: readonly FeedbackItem[]): Answer<FeedbackOutcome[]>;
}

/** Reads the record; for SQLite over a separate connection in a separate thread. */
export interface HistoryStore {
  history(query: HistoryQuery): Answer<HistoryPage>;
  find(id: string): Answer<HistoryRow | null>;
  exportPage(query: ExportQuery, cursor: string | null, schema: Schema): Answer<ExportPage>;
  performance(since: number, until: number, classes: readonly string[]): Answer<PerformanceReport>;
  /** The newest `n` answered predictions, oldest first. */
  recent(n: number): Answer<RecentRow[]>;
}
