import { randomUUID } from 'node:crypto';
import type { StoreLink } from './worker/worker-link.ts';

/**
 * Lets one of several gateways on a database do a periodic job. A job takes its lease before each run, for longer than
 * until the next run; if its gateway crashes, another one takes over once the lease has expired.
 */
export class Leases {
  readonly #link: StoreLink<'leases'>;
  /** Identifies this process among the gateways. */
  readonly #holder: string;

  constructor(link: StoreLink<'leases'>, holder: string = randomUUID()) {
    this.#link = link;
    this.#holder = holder;
  }

  /** True when this gateway may do the job for `ms` milliseconds. Rejects with `StorageUnavailableError`. */
  hold(job: string, ms: number): Promise<boolean> {
    return this.#link.call('leases', 'hold', [job, this.#holder, ms]);
  }

  /** Lets another gateway take over at once. */
  release(job: string): Promise<void> {
    return this.#link.call('leases', 'release', [job, this.#holder]);
  }
}
