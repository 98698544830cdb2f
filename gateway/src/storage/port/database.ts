import type { Answer } from './answer.ts';
import type { ControlRows } from './control-store.ts';
import type { LeaseStore } from './lease-store.ts';
import type { HistoryStore, RecordStore } from './record-store.ts';

export interface UpkeepStore {
  /** Writes something that changes nothing: a database that is open may still be read-only. */
  probe(): Answer<void>;
  /** Deletes a small step of what is beyond the retention; true while there is more. */
  trim(): Answer<boolean>;
}

/** What a database keeps, a store for each concern. A backend implements all of them; the same suite tests each backend. */
export type Stores = {
  record: RecordStore;
  history: HistoryStore;
  control: ControlRows;
  leases: LeaseStore;
  upkeep: UpkeepStore;
};

/** An open database. SQLite opens the reading and the writing stores apart. */
export type Database<S extends keyof Stores = keyof Stores> = Pick<Stores, S> & { close(): Answer<void> };
