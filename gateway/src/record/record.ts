import type { HistoryPage, HistoryRow, PerformanceReport } from '@coppice/contract';
import type {
  ExportQuery,
  FeedbackItem,
  FeedbackOutcome,
  HistoryQuery,
  RecentRow,
} from '../storage/port/record-store.ts';
import type { RecordedPrediction } from '../storage/port/recorded-prediction.ts';

/** The record of predictions as the rest of the gateway sees it. */
export interface PredictionRecord {
  /** Queues a row. Never throws, never waits; over the bound the oldest unwritten row is dropped and counted. */
  append(row: RecordedPrediction): void;
  history(query: HistoryQuery): Promise<HistoryPage>;
  find(id: string): Promise<HistoryRow | null>;
  /** CSV lines, header first, newest first, in constant memory. */
  exportCsv(query: ExportQuery): AsyncIterable<string>;
  /** All or nothing: throws `UnknownPredictionError` naming the ids that are not in the record. */
  addFeedback(items: readonly FeedbackItem[]): Promise<FeedbackOutcome[]>;
  performance(since: number, until: number): Promise<PerformanceReport>;
  /** The newest `n` answered predictions, oldest first: what the drift window is refilled from. */
  recent(n: number): Promise<RecentRow[]>;
  /** What a person should know, such as a full disk; empty in good health. */
  warnings(): string[];
  /** Resolves when all that was appended before is written, or could not be: then it waits on. Never rejects. */
  flush(): Promise<void>;
  /** Writes what is queued, and counts as dropped what cannot be written. The storage stays open. */
  close(): Promise<void>;
}
