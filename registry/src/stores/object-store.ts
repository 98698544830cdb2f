/** An object and when it was written, in milliseconds since the epoch. */
export type StoredObject = { key: string; modified: number };

/**
 * Where a registry keeps its objects: bytes under keys such as `iris/releases/00000007.json`. What is read is whole: an
 * object is there with all of its bytes, or not at all. Rejects with `StoreUnavailableError`.
 */
export interface ObjectStore {
  /** Where it is, for messages. */
  readonly place: string;
  /** False, changing nothing, when the key exists: of two that create it at once, one gets true. */
  create(key: string, bytes: Uint8Array): Promise<boolean>;
  /** Creates or replaces. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Null when the key does not exist. */
  read(key: string): Promise<Uint8Array | null>;
  /** Objects whose keys begin with `prefix` and follow `after`, in the order of their keys. */
  list(prefix: string, after?: string): Promise<StoredObject[]>;
  /** Removes an object, if it is there. */
  remove(key: string): Promise<void>;
}

/** The store cannot be reached, read or written now. */
export class StoreUnavailableError extends Error {}
