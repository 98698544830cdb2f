import type { Answer } from './answer.ts';

/** Decides which of several gateways on one database does a periodic job, so that none is done twice. */
export interface LeaseStore {
  /**
   * True when `holder` may do the job for `ms` milliseconds from now, by the database's clock: nobody holds the lease,
   * the last one has expired, or `holder` has it already and renews it.
   */
  hold(job: string, holder: string, ms: number): Answer<boolean>;
  /** Gives a lease back before it expires; nothing happens when `holder` does not have it. */
  release(job: string, holder: string): Answer<void>;
}
