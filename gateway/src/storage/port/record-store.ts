import type {
  FeatureValue,
  HistoryPage,
  HistoryRow,
  PerformanceFigures,
  Route,
  Source,
  TimelineReport,
} from '@coppice/contract';
import type { Answer } from './answer.ts';
import type { Epoch } from './epoch.ts';
import type { FeedbackItem, FeedbackResult, FeedbackRules, ShadowAnswers } from './feedback.ts';

/** Rows on their way to the database: encoded, in transferable buffers, with the meaning of their codes. */
export type WriteMessage = Dictionaries & { batches: readonly BatchSlice[] };
export type Dictionaries = {
  /** Changes when the codes of `origins` mean something else than before. */
  generation: number;
  origins: readonly RowOrigin[];
  routes: readonly string[];
  errors: readonly string[];
  classes: readonly string[];
};
/** Where answers come from: what few combinations of rows share. */
export type Origin = { version: string; assigned: string | null; release: string | null; source: Source | null };
export type RowOrigin = Origin & {
  epoch: Epoch | null;
  /** Names of the features. */
  columns: readonly string[];
};
/** Part of a buffer that holds encoded rows. */
export type BatchSlice = { buffer: ArrayBuffer; start: number; end: number; rows: number };

export type HistoryFilter = {
  version?: string;
  class?: string;
  route?: Route;
  /** Rows of before this column count as the API's. */
  source?: Source;
  /** Milliseconds since the epoch, inclusive. */
  since?: number;
  /** Milliseconds since the epoch, exclusive. */
  until?: number;
  /** Only rows that are newer than the one with this id. */
  after?: string;
  userHash?: string;
  /** Whether feedback gave the predicted class. Rows without such feedback match neither. */
  correct?: boolean;
  /** Whether the shadow version answered another class. Rows that it has not answered match neither. */
  disagree?: boolean;
  /** The largest probability is below it. */
  maxProbability?: number;
  feature?: FeatureFilter;
};
/** Both bounds are inclusive, and of one kind: numbers, or dates as text. `value` is as `String` writes it, '' if missing. */
export type FeatureFilter = { name: string } & ({ min?: number | string; max?: number | string } | { value: string });
export type HistoryQuery = HistoryFilter & {
  limit: number;
  cursor?: string;
  /** Whether the page says how many rows match. */
  count?: boolean;
};
/** Names for the columns of an export; null until a model card is known. */
export type Schema = { features: readonly string[]; classes: readonly string[] } | null;
export type ExportQuery = HistoryFilter & { limit?: number };
/** Lines of a spreadsheet, or rows as `GET /predictions` has them, one JSON object a line. */
export type ExportFormat = ({ kind: 'csv' } & ExportColumns) | { kind: 'ndjson' };
/** Columns of a spreadsheet: the model's, and features that it does not have but recorded rows do. */
export type ExportColumns = { schema: Schema; further: readonly string[] };
export type ExportPage = { lines: string; rows: number; nextCursor: string | null };
/** `first`: milliseconds since the epoch of a release's first row in a period. */
export type ReleaseStart = { version: string; release: string; first: number };
/** `columns`: names of the features, one array for all rows of a call that have the same ones; null in rows of before. */
export type RecentRow = {
  columns: readonly string[] | null;
  features: FeatureValue[];
  label: number;
  version: string;
  release: string | null;
};

/** One step of removing a person's rows; `next`: where the following step begins, or null when there is none. */
export type ForgetStep = { deleted: number; next: string | null };

/** Writes the record. Every call is one transaction. */
export interface RecordStore {
  write(message: WriteMessage): Answer<void>;
  /** Without `partial` all or nothing: throws `UnmatchedFeedbackError`. */
  addFeedback(items: readonly FeedbackItem[], rules: FeedbackRules, partial: boolean): Answer<FeedbackResult>;
  /** Keeps the first answer to each prediction; one to a prediction that is not in the record is ignored. */
  addShadowAnswers(answers: ShadowAnswers): Answer<void>;
  /**
   * Deletes the rows of a user among the next few thousand after `after` (an id; null: from the oldest on), with all that
   * hangs on them; what was counted of them stays.
   */
  forget(userHash: string, after: string | null): Answer<ForgetStep>;
}

/** Reads the record; for SQLite over a separate connection in a separate thread. */
export interface HistoryStore {
  history(query: HistoryQuery): Answer<HistoryPage>;
  find(id: string): Answer<HistoryRow | null>;
  exportPage(query: HistoryQuery, format: ExportFormat): Answer<ExportPage>;
  /** The different lists of feature names among the rows that match. */
  featureNames(filter: HistoryFilter): Answer<string[][]>;
  /** Of all rows but the page's. */
  performance(since: number, until: number, classes: readonly string[]): Answer<PerformanceFigures>;
  /** Of all rows but the page's, by steps of so many milliseconds: a minute, an hour or a day. */
  timeline(since: number, until: number, step: number): Answer<TimelineReport['versions']>;
  /** The releases that answered in a period and when each began to, without the page's rows. */
  releases(since: number, until: number): Answer<ReleaseStart[]>;
  /** The newest `n` answered predictions, oldest first, without the page's. */
  recent(n: number): Answer<RecentRow[]>;
}
