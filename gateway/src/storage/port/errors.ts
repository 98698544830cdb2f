/** The database was written by a newer Coppice: nothing is touched. */
export class NewerSchemaError extends Error {
  /** Schema versions: the one found, and the newest that this Coppice knows. */
  static of(found: number, known: number): NewerSchemaError {
    return new NewerSchemaError(
      `its schema is version ${found} and this Coppice knows versions up to ${known}: start the newer Coppice, or use another database`,
    );
  }
}

/** The database cannot be reached now (disk, file or server); the gateway tries again by itself. */
export class StorageUnavailableError extends Error {}

/** Feedback names predictions that are not in the record, or that failed and have no class to compare with. */
export class UnknownPredictionError extends Error {
  readonly ids: readonly string[];

  constructor(ids: readonly string[]) {
    super(`no such prediction: ${ids.join(', ')}`);
    this.ids = ids;
  }
}
