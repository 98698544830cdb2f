import type { Answer } from './answer.ts';

/** Decides which of several gateways on one database does a periodic job, so that none is done twice. */
export interface LeaseStore {
  /**
   * True when `holder` may do the job for `ms` milliseconds from now, by the database's clock: nobody holds the lease,
   * the last one has expired, or `holder` holds it and renews it.
   */
  hold(job: string, holder: string, ms: number): Answer<boolean>;
  /** Returns a lease before it expires; does nothing if `holder` does not hold it. */
  release(job: string, holder: string): Answer<void>;
}
