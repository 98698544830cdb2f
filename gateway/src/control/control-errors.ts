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

/** A change was decided on revision `given`; `last`: who came first, if that is known. */
export function outdated(given: number, revision: number, last: AuditEntry | undefined): ConflictError {
  const by = last ? ` was set by ${last.who} at ${last.time} (${last.action}: ${last.reason})` : ' is current';
  return new ConflictError(`Revision ${given} is outdated: revision ${revision}${by}. Read GET /config and retry.`, [
    { pointer: '/revision', detail: `the current revision is ${revision}` },
  ]);
}
