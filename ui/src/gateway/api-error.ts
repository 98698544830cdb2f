import type { Problem } from '@coppice/contract';

type More = { retryAfter?: number | null; errors?: Problem['errors'] | undefined };

/** A request that failed. `status` 0: no answer at all. `retryAfter` is in seconds. */
export class ApiError extends Error {
  readonly status: number;
  readonly retryAfter: number | null;
  readonly errors: NonNullable<Problem['errors']>;

  constructor(status: number, detail: string, { retryAfter = null, errors = [] }: More = {}) {
    super(detail);
    this.status = status;
    this.retryAfter = retryAfter;
    this.errors = errors;
  }
}
