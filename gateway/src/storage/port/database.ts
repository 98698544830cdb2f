import type { Answer } from './answer.ts';
import type { ComparisonStore, DocumentStore } from './comparison-store.ts';
import type { ControlRows } from './control-store.ts';
import type { LeaseStore } from './lease-store.ts';
import type { HistoryStore, RecordStore } from './record-store.ts';

export interface UpkeepStore {
  /** A write that changes nothing: a database that is open may still be read-only. */
  probe(): Answer<void>;
  /** Deletes a few rows beyond the retention; true while there are more. */
  trim(): Answer<boolean>;
  /** What a person should know of the clock that rows age by, or null. */
  warning(): Answer<string | null>;
}

/** The stores of a database, one per concern. A backend implements all of them; the same suite tests each backend. */
export type Stores = {
  record: RecordStore;
  history: HistoryStore;
  comparison: ComparisonStore;
  documents: DocumentStore;
  control: ControlRows;
  leases: LeaseStore;
  upkeep: UpkeepStore;
};

/** An open database. SQLite opens its reading and writing stores separately. */
export type Database<S extends keyof Stores = keyof Stores> = Pick<Stores, S> & { close(): Answer<void> };
