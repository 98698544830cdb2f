import type { Unmatched } from './feedback.ts';

/** A newer Coppice wrote the database: it stays untouched. */
export class NewerSchemaError extends Error {
  /** Schema versions: the database's, and the newest that this Coppice knows. */
  static of(found: number, known: number): NewerSchemaError {
    return new NewerSchemaError(
      `its schema is version ${found} and this Coppice knows versions up to ${known}: start the newer Coppice, or use another database`,
    );
  }
}

/** Another gateway has the folder of a SQLite database. */
export class DatabaseInUseError extends Error {}

/** The database (disk, file or server) is temporarily unavailable; the gateway retries. */
export class StorageUnavailableError extends Error {}

/**
 * Feedback names predictions that are not in the record, or that failed and so have no class to compare, or by a reference
 * that several have.
 */
export class UnmatchedFeedbackError extends Error {
  readonly unmatched: readonly Unmatched[];

  constructor(unmatched: readonly Unmatched[]) {
    super(`${unmatched.length} items of feedback match no prediction`);
    this.unmatched = unmatched;
  }
}
