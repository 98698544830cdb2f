import type { AuditEntry, HistoryPage, HistoryRow, PerformanceReport } from '@coppice/contract';
import type { FeedbackItem, FeedbackOutcome, HistoryQuery } from '../../record/record.ts';
import type { BatchSlice } from '../rows/row-batch.ts';
import type { AuditedChange, ControlState } from './control-store.ts';

/** What the encoded rows' codes mean. */
export type Dictionaries = {
  versions: readonly string[];
  routes: readonly string[];
  errors: readonly string[];
  classes: readonly string[];
};
export type WriteMessage = Dictionaries & { batches: readonly BatchSlice[] };
/** Names for the columns of an export; null while no model card is known. */
export type Schema = { features: readonly string[]; classes: readonly string[] } | null;
export type ExportQuery = Omit<HistoryQuery, 'limit' | 'cursor'>;
export type ExportPage = { lines: string; nextCursor: string | null };

/** What runs in the record's worker, beside the database. Every write is one transaction. */
export interface RecordWriter {
  /** Writes something that changes nothing: a database that is open may still be read-only. */
  probe(): void | Promise<void>;
  write(message: WriteMessage): void | Promise<void>;
  addFeedback(items: readonly FeedbackItem[]): FeedbackOutcome[] | Promise<FeedbackOutcome[]>;
  loadControl(): ControlState | null | Promise<ControlState | null>;
  saveControl(next: ControlState, change: AuditedChange): boolean | Promise<boolean>;
  audit(limit: number, beforeId: number | null): AuditEntry[] | Promise<AuditEntry[]>;
  /** Deletes a small step of what is beyond the retention; true while there is more. */
  trim(): boolean | Promise<boolean>;
  close(): void | Promise<void>;
}

/** The reading side; for SQLite a connection of its own in a worker of its own. */
export interface RecordReader {
  history(query: HistoryQuery): HistoryPage | Promise<HistoryPage>;
  find(id: string): HistoryRow | null | Promise<HistoryRow | null>;
  exportPage(query: ExportQuery, cursor: string | null, schema: Schema): ExportPage | Promise<ExportPage>;
  performance(since: number, until: number, classes: readonly string[]): PerformanceReport | Promise<PerformanceReport>;
  recent(n: number): RecentRow[] | Promise<RecentRow[]>;
  close(): void | Promise<void>;
}

export type RecentRow = { features: number[]; label: number };

/** The database was written by a newer Coppice: nothing is touched. */
export class NewerSchemaError extends Error {}

/** The record cannot be reached now (disk, file or server); it is tried again by itself. */
export class RecordUnavailableError extends Error {}
