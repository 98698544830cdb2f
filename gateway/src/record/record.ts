import type { HistoryPage, HistoryRow, PerformanceFigures } from '@coppice/contract';
import type { AuditedChange } from '../storage/port/control-store.ts';
import type { FeedbackItem, FeedbackOutcome, FeedbackResult } from '../storage/port/feedback.ts';
import type { ExportFormat, ExportQuery, HistoryQuery, RecentRow, ReleaseStart } from '../storage/port/record-store.ts';
import type { RecordedPrediction } from '../storage/port/recorded-prediction.ts';
import type { ShadowAnswer } from './shadow-answer-queue.ts';

/** The record of predictions, as the rest of the gateway sees it. */
export interface PredictionRecord {
  /** Queues a row. Never throws, never waits; beyond the bound, drops and counts the oldest unwritten row. */
  append(row: RecordedPrediction): void;
  history(query: HistoryQuery): Promise<HistoryPage>;
  find(id: string): Promise<HistoryRow | null>;
  /** Lines, a header first where the format has one, newest first, in constant memory. */
  exportAs(kind: ExportFormat['kind'], query: ExportQuery): AsyncIterable<string>;
  /** All or nothing: throws `UnmatchedFeedbackError` naming the items that match no prediction. */
  addFeedback(items: readonly FeedbackItem[]): Promise<FeedbackOutcome[]>;
  /** Keeps the items that match a prediction, and returns the others too. */
  addMatchingFeedback(items: readonly FeedbackItem[]): Promise<FeedbackResult>;
  /** Queues the shadow version's answer to a prediction. Never throws, never waits; dropped while the database is away. */
  addShadowAnswer(answer: ShadowAnswer): void;
  /**
   * Removes all rows of a user, written or waiting, with their feedback, and audits that with their number; sums stay. Returns
   * the number. Rejects with `StorageUnavailableError`, some of the rows being gone: then it is to be called again.
   */
  forget(userHash: string, by: Pick<AuditedChange, 'who' | 'reason'>): Promise<number>;
  /** Whether another gateway on this database may still be about to write a prediction that the record does not have. */
  mayFollow(id: string, now: number): boolean;
  performance(since: number, until: number): Promise<PerformanceFigures>;
  /** The releases that answered in a period and when each began to. */
  releases(since: number, until: number): Promise<ReleaseStart[]>;
  /** The newest `n` answered predictions but the page's, oldest first, to refill the drift window. */
  recent(n: number): Promise<RecentRow[]>;
  /** Problems that need a person, such as a full disk; empty in good health. */
  warnings(): string[];
  /**
   * Resolves when all rows appended before, and the shadow version's answers, are written; rows that could not be stay
   * queued. Never rejects.
   */
  flush(): Promise<void>;
  /** Writes the queued rows, and counts those that cannot be written as dropped. The storage stays open. */
  close(): Promise<void>;
}
