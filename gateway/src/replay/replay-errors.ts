/** A wrong field of a replay's start: which one, and what is allowed. */
export class InvalidReplayError extends Error {
  readonly path: string[];

  constructor(path: string[], message: string) {
    super(message);
    this.path = path;
  }
}

/** A replay cannot start or be cancelled now: another one runs, its version is not ready, or it has ended. */
export class ReplayConflictError extends Error {}

/** There is no replay of this id, or it is not kept any more. */
export class UnknownReplayError extends Error {}
