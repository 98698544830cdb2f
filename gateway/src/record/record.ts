import type { FeatureValue, HistoryPage, HistoryRow, PerformanceFigures } from '@coppice/contract';
import type {
  ExportFormat,
  ExportQuery,
  FeedbackItem,
  FeedbackOutcome,
  HistoryQuery,
  RecentRow,
  ReleaseStart,
} from '../storage/port/record-store.ts';
import type { RecordedPrediction } from '../storage/port/recorded-prediction.ts';

/** The record of predictions, as the rest of the gateway sees it. */
export interface PredictionRecord {
  /** Queues a row. Never throws, never waits; beyond the bound, drops and counts the oldest unwritten row. */
  append(row: RecordedPrediction<FeatureValue>): void;
  history(query: HistoryQuery): Promise<HistoryPage>;
  find(id: string): Promise<HistoryRow | null>;
  /** Lines, a header first where the format has one, newest first, in constant memory. */
  exportAs(kind: ExportFormat['kind'], query: ExportQuery): AsyncIterable<string>;
  /** All or nothing: throws `UnknownPredictionError` naming the ids that are not in the record. */
  addFeedback(items: readonly FeedbackItem[]): Promise<FeedbackOutcome[]>;
  /** Whether another gateway on this database may still be about to write a prediction that the record does not have. */
  mayFollow(id: string, now: number): boolean;
  performance(since: number, until: number): Promise<PerformanceFigures>;
  /** The releases that answered in a period and when each began to. */
  releases(since: number, until: number): Promise<ReleaseStart[]>;
  /** The newest `n` answered predictions but the page's, oldest first, to refill the drift window. */
  recent(n: number): Promise<RecentRow[]>;
  /** Problems that need a person, such as a full disk; empty in good health. */
  warnings(): string[];
  /** Resolves when all rows appended before are written, or could not be and stay queued. Never rejects. */
  flush(): Promise<void>;
  /** Writes the queued rows, and counts those that cannot be written as dropped. The storage stays open. */
  close(): Promise<void>;
}
