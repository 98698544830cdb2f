import type { AuditEntry } from '@coppice/contract';

/** An invalid change: which field is wrong, and what is allowed. */
export class InvalidChangeError extends Error {
  readonly path: string[];

  constructor(path: string[], message: string) {
    super(message);
    this.path = path;
  }
}

/** Another change came first. */
export class ConflictError extends Error {
  readonly errors: { pointer: string; detail: string }[] | undefined;

  constructor(message: string, errors?: { pointer: string; detail: string }[]) {
    super(message);
    this.errors = errors;
  }
}

/** A change was decided on revision `given`; the newest of `entries` that has a state after it says who came first. */
export function outdated(given: number, revision: number, entries: readonly AuditEntry[]): ConflictError {
  const last = entries.find(({ to }) => to !== null);
  const by = last ? ` was set by ${last.who} at ${last.time} (${last.action}: ${last.reason})` : ' is current';
  return new ConflictError(`Revision ${given} is outdated: revision ${revision}${by}. Read GET /config and retry.`, [
    { pointer: '/revision', detail: `the current revision is ${revision}` },
  ]);
}
